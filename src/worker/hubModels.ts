/** The models of the Hub in this browser: listed, fetched, read and deleted. The cache is opened when it is first needed. */
import { readDescription, readEncoder, withHead, type Encoder } from '../recipes/encoder.ts';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { RungError } from '../shared/errors.ts';
import type { EncoderInfo } from '../shared/training.ts';
import { ModelCache, type ModelManifest } from '../storage/modelCache.ts';
import { bytesOf, fetchModel, folderOf, isComplete } from './hub.ts';
import type { HubListener, HubModel } from './protocol.ts';

/** Refuses what could not be trained anyway. */
const checkEarly = async (folder: ModelFolder): Promise<void> => void (await readDescription(folder));

export class HubModels {
  private opened: Promise<ModelCache> | null = null;
  private fetching: AbortController | null = null;
  /** The one that was read last: its arrays are as large as its file, so others are let go. */
  private read: { id: string; encoder: Promise<Encoder> } | null = null;

  /** Empty where this browser keeps nothing. */
  async list(): Promise<HubModel[]> {
    const cache = await this.cache().catch(() => null);
    if (!cache) return [];
    const models: HubModel[] = [];
    for (const manifest of await cache.list()) {
      const { id, revision, licence } = manifest;
      const bytes = bytesOf(manifest);
      models.push({ id, revision, licence, bytes, held: await cache.held(manifest), ready: isReady(manifest) });
    }
    return models;
  }

  /** Those that can be trained. */
  async encoders(): Promise<EncoderInfo[]> {
    const cache = await this.cache().catch(() => null);
    return ((await cache?.list()) ?? []).filter(isReady).map(infoOf);
  }

  /** @throws RungError 'not-found' for one that is not, or not wholly, in this browser. */
  async load(id: string): Promise<Encoder> {
    if (this.read?.id === id) return this.read.encoder;
    const cache = await this.cache();
    const manifest = await cache.manifest(id);
    if (!manifest || !isComplete(manifest)) {
      const message = `${id} is not in this browser any more.`;
      throw new RungError('not-found', message, 'Fetch it from the Hub again, or choose another encoder.');
    }
    this.read = null;
    const encoder = folderOf(manifest, cache).then(readEncoder);
    this.read = { id, encoder };
    encoder.catch(() => (this.read = null));
    return encoder;
  }

  /** See `EngineApi.fetchHubModel`. */
  async fetch(typed: string, onProgress: HubListener): Promise<EncoderInfo> {
    if (this.fetching) {
      throw new RungError('busy', 'Another model is being fetched.', 'Wait until it is here, or stop it.');
    }
    const abort = new AbortController();
    this.fetching = abort;
    try {
      const cache = await this.cache();
      const manifest = await fetchModel(typed, { cache, checkEarly, signal: abort.signal, onProgress });
      const total = bytesOf(manifest);
      onProgress({ message: 'Reading the weights', received: total, total, bytesPerSecond: null, secondsLeft: null });
      const encoder = await this.load(manifest.id);
      manifest.encoder = describe(encoder);
      await cache.putManifest(manifest);
      return infoOf(manifest);
    } finally {
      this.fetching = null;
    }
  }

  stop(): void {
    this.fetching?.abort();
  }

  async remove(id: string): Promise<void> {
    if (this.fetching) {
      throw new RungError('busy', 'A model is being fetched.', 'Stop that first, or wait until it is here.');
    }
    if (this.read?.id === id) this.read = null;
    await (await this.cache()).remove(id);
  }

  private cache(): Promise<ModelCache> {
    this.opened ??= ModelCache.open();
    // Refused storage may be allowed later.
    this.opened.catch(() => (this.opened = null));
    return this.opened;
  }
}

function isReady(manifest: ModelManifest): boolean {
  return isComplete(manifest) && manifest.encoder !== null;
}

function describe(encoder: Encoder): ModelManifest['encoder'] {
  // One label stands for any number: only the head's size depends on it.
  const { unused, fresh } = withHead(encoder, 1, { keepHead: false, seed: 0, dropout: 0 });
  let parameters = 0;
  for (const { data } of encoder.weights.values()) parameters += data.length;
  const { family, layers, dim } = encoder.architecture;
  return { description: `${family}: ${layers} layers of ${dim}.`, parameters, report: { unused, fresh } };
}

function infoOf(manifest: ModelManifest): EncoderInfo {
  const { id, licence, revision, encoder } = manifest;
  const { description, parameters, report } = encoder ?? { description: '', parameters: 0, report: undefined };
  const origin = `From the Hugging Face Hub, commit ${revision.slice(0, 7)}, licence ${licence ?? 'not stated'}.`;
  return {
    source: { kind: 'hub', id },
    name: id,
    description: `${description} ${origin}`,
    parameters,
    bytes: bytesOf(manifest),
    ...(report && { report }),
  };
}
