import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { listZip } from '../shared/zip.ts';
import { writeZip } from './zipWriter.ts';

const weights = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);
const text = 'a title '.repeat(1000);
const files = new Map([
  ['config.json', new Blob([text])],
  ['model.safetensors', new Blob([weights])],
  ['onnx/model.onnx', new Blob([weights.slice(3)])],
  ['Führung.txt', new Blob([])],
]);

it('is unpacked by other readers, checksums compared', async () => {
  const zip = await writeZip(files);
  const unpacked = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(Object.keys(unpacked)).toEqual([...files.keys()]);
  expect(new TextDecoder().decode(unpacked['config.json'])).toBe(text);
  expect(Buffer.compare(unpacked['model.safetensors'], weights)).toBe(0);
  const entries = await listZip(zip, 'test.zip', 10);
  for (const entry of entries) {
    const content = new Uint8Array(await files.get(entry.path)!.arrayBuffer());
    expect(Buffer.compare(await entry.read(), content)).toBe(0);
  }
  expect(entries.map(({ path }) => path)).toEqual([...files.keys()]);
});

it('stores weights as they are and packs text', async () => {
  const zip = await writeZip(files);
  expect(zip.size).toBeGreaterThan(139_997);
  expect(zip.size).toBeLessThan(141_000);
});

it('is refused beyond what a zip can hold', async () => {
  const huge = Object.defineProperty(new Blob([]), 'size', { value: 2 ** 32 });
  await expect(writeZip(new Map([['model.safetensors', huge]]))).rejects.toThrow('at most 4294967295');
});
