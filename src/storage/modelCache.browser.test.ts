/** The cache writes in place, which only workers may: a worker does what the test asks. */
import { afterEach, expect, it } from 'vitest';
import * as Comlink from 'comlink';
import type { ModelCacheProbe } from '../testing/modelCache.worker.ts';

const worker = new Worker(new URL('../testing/modelCache.worker.ts', import.meta.url), { type: 'module' });
const probe = Comlink.wrap<ModelCacheProbe>(worker);

afterEach(() => probe.clear());

const manifest = {
  version: 1 as const,
  id: 'org/model.v1',
  revision: 'f'.repeat(40),
  licence: 'mit',
  files: [{ name: 'model.safetensors', size: 10, sha256: 'abc', gitId: null, checked: false }],
  encoder: null,
};

it('keeps a manifest and files that grow, through another opening', async () => {
  await probe.put(manifest);
  await probe.append(manifest.id, 'model.safetensors', Uint8Array.of(1, 2, 3));
  await probe.append(manifest.id, 'model.safetensors', Uint8Array.of(4, 5));
  expect(await probe.list()).toEqual([{ manifest, held: 5 }]);
  expect(await probe.read(manifest.id, 'model.safetensors')).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
});

it('deletes files that a new manifest does not name, and whole models', async () => {
  await probe.put(manifest);
  await probe.append(manifest.id, 'model.safetensors', Uint8Array.of(1));
  await probe.put({ ...manifest, files: [{ ...manifest.files[0], name: 'other.bin' }] });
  expect(await probe.read(manifest.id, 'model.safetensors')).toBeNull();
  await probe.remove(manifest.id);
  await probe.remove(manifest.id);
  expect(await probe.list()).toEqual([]);
});

it('says when a file is being written elsewhere', async () => {
  await probe.put(manifest);
  expect(await probe.growTwice(manifest.id, 'model.safetensors')).toBe('busy');
});

it('passes over a manifest that cannot be read', async () => {
  await probe.put(manifest);
  await probe.append(manifest.id, 'manifest.json', new TextEncoder().encode('}'));
  expect(await probe.list()).toEqual([]);
});
