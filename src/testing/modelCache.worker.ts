/** Runs the model cache for its test, with a folder of its own. */
import * as Comlink from 'comlink';
import { toRungError } from '../shared/errors.ts';
import { ModelCache, type ModelManifest } from '../storage/modelCache.ts';

const folder = 'rung-models-test';
const open = (): Promise<ModelCache> => ModelCache.open(folder);

const probe = {
  put: async (manifest: ModelManifest) => (await open()).putManifest(manifest),
  remove: async (id: string) => (await open()).remove(id),
  async list() {
    const cache = await open();
    const all = await cache.list();
    return Promise.all(all.map(async (manifest) => ({ manifest, held: await cache.held(manifest) })));
  },
  async append(id: string, name: string, bytes: Uint8Array) {
    const file = await (await open()).grow(id, name);
    file.append(bytes);
    file.close();
  },
  async read(id: string, name: string) {
    const file = await (await open()).file(id, name);
    return file && new Uint8Array(await file.arrayBuffer());
  },
  /** The code of the error that opening an open file gives. */
  async growTwice(id: string, name: string) {
    const cache = await open();
    const file = await cache.grow(id, name);
    try {
      (await cache.grow(id, name)).close();
      return null;
    } catch (thrown) {
      return toRungError(thrown).code;
    } finally {
      file.close();
    }
  },
  async clear() {
    await (await navigator.storage.getDirectory()).removeEntry(folder, { recursive: true });
  },
};

export type ModelCacheProbe = typeof probe;

Comlink.expose(probe);
