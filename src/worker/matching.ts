/** Matching titles to a taxonomy, in the engine's worker: the open taxonomy, its embeddings, fine-tuning and the encoders that came of it. */
import * as Comlink from 'comlink';
import { fingerprint } from '../data/fingerprint.ts';
import { readModelZip } from '../formats/package.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import { writeZip } from '../formats/zipWriter.ts';
import { readEncoder, type Encoder } from '../recipes/encoder.ts';
import { Embedder } from '../recipes/matching/embedder.ts';
import { tunedFolder } from '../recipes/matching/folder.ts';
import { entryTexts, onetMatching, type MatchingOutcome } from '../recipes/matching/onetMatching.ts';
import { Ranking } from '../recipes/matching/ranking.ts';
import { RungError } from '../shared/errors.ts';
import { holdRun } from '../shared/runLocks.ts';
import type {
  Matches,
  MatchingEncoder,
  MatchingEvent,
  MatchingResult,
  OpenedTaxonomy,
  Scoring,
  Taxonomy,
  TunedEncoder,
  TuningRequest,
} from '../shared/matching.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type { DeviceReport, EncoderSource } from '../shared/training.ts';
import { MatchingStore } from '../storage/matchingStore.ts';
import type { MatchingApi } from './matchingProtocol.ts';

export interface MatchingSurroundings {
  loadEncoder: (source: EncoderSource) => Promise<Encoder>;
  startDevice: () => Promise<DeviceReport>;
  /** Whether a training of another kind runs. */
  isTraining: () => boolean;
}

interface OpenTaxonomy {
  taxonomy: Taxonomy;
  source: MatchingEncoder;
  embedder: Embedder;
  /** entries x dim, each of length 1. */
  vectors: Float32Array<ArrayBuffer>;
  ranking: Ranking;
}

/** What runs can be stopped twice: the training, then the measuring. */
interface Live {
  training: boolean;
  stopTraining: AbortController;
  stopAll: AbortController;
}

type Progress = (message: string, fraction: number | null) => void;

/** Milliseconds between two reports. */
const apart = 100;

export class Matching implements MatchingApi, Comlink.ProxyMarked {
  readonly [Comlink.proxyMarker] = true;
  private readonly around: MatchingSurroundings;
  private store: Promise<MatchingStore> | null = null;
  private opened: OpenTaxonomy | null = null;
  private opening: AbortController | null = null;
  private live: Live | null = null;

  constructor(around: MatchingSurroundings) {
    this.around = around;
  }

  /** Whether it fine-tunes. */
  get busy(): boolean {
    return this.live !== null;
  }

  async tuned(): Promise<TunedEncoder[]> {
    return (await this.kept()).tuned();
  }

  async open(taxonomy: Taxonomy, source: MatchingEncoder, onProgress: Progress): Promise<OpenedTaxonomy> {
    this.requireIdle();
    this.opening?.abort();
    const opening = new AbortController();
    this.opening = opening;
    const started = performance.now();
    onProgress('Loading the encoder', null);
    const encoder = await this.load(source);
    const texts = entryTexts(taxonomy);
    const embedder = new Embedder(encoder);
    const key = [modelPrint(encoder), taxonomy.fingerprint, embedder.maxTokens].join('-');
    const known = await this.knownEmbeddings(key, texts.length, embedder.dim);
    const device = await this.around.startDevice();
    const vectors =
      known ?? (await embedder.embed(texts, throttled(onProgress, 'Reading the entries'), opening.signal));
    if (opening.signal.aborted) throw new RungError('aborted', 'Another taxonomy or encoder was chosen meanwhile.');
    onProgress('Counting words', null);
    const ranking = new Ranking(texts, vectors);
    void this.opened?.embedder.unload();
    this.opened = { taxonomy, source, embedder, vectors, ranking };
    if (!known) await this.keepEmbeddings(key, vectors, embedder.dim);
    const seconds = (performance.now() - started) / 1000;
    return { entries: texts.length, cached: known !== null, seconds, device };
  }

  async match(packed: PackedStrings, scoring: Scoring, count: number): Promise<Matches> {
    const { embedder, ranking } = this.requireOpen();
    const titles = unpackStrings(packed);
    if (scoring !== 'words') await this.around.startDevice();
    const vectors = scoring === 'words' ? new Float32Array() : await embedder.embed(titles);
    const matches = await ranking.best(titles, vectors, scoring, count);
    return Comlink.transfer(matches, [matches.entries.buffer, matches.scores.buffer]);
  }

  async finetune(request: TuningRequest, onEvent: (event: MatchingEvent) => void): Promise<MatchingResult> {
    this.requireIdle();
    const { taxonomy, source, embedder, vectors } = this.requireOpen();
    const live: Live = { training: false, stopTraining: new AbortController(), stopAll: new AbortController() };
    this.live = live;
    const holding = holdRun(request.lock).catch(() => () => undefined);
    try {
      await holding;
      await this.around.startDevice();
      const { config } = request;
      const started = performance.now();
      const recipe = onetMatching({
        taxonomy,
        embedder,
        entryVectors: vectors,
        shipped: source.kind === 'shipped',
        config,
        stopTraining: live.stopTraining.signal,
        stopAll: live.stopAll.signal,
      });
      let next = await recipe.next();
      for (; !next.done; next = await recipe.next()) {
        live.training = next.value.type === 'started' || next.value.type === 'step';
        onEvent(next.value);
      }
      const { report, stopped, weights } = next.value;
      if (!weights) return { tuned: null, report, stopped, notKept: null };
      const seconds = (performance.now() - started) / 1000;
      return await this.keep(request, taxonomy, embedder, next.value, weights, seconds);
    } finally {
      (await holding)();
      this.live = null;
    }
  }

  async stop(): Promise<void> {
    const { live } = this;
    if (!live) return this.opening?.abort();
    if (!live.training || live.stopTraining.signal.aborted) live.stopAll.abort();
    live.stopTraining.abort();
  }

  async exportTuned(id: string): Promise<Blob> {
    return (await this.kept()).zip(id);
  }

  async removeTuned(id: string): Promise<void> {
    await (await this.kept()).remove(id);
  }

  /** Frees the device; weights are loaded anew when they are next needed. */
  async unload(): Promise<void> {
    await this.opened?.embedder.unload();
  }

  private async keep(
    { config, name, encoderName }: TuningRequest,
    taxonomy: Taxonomy,
    embedder: Embedder,
    { report, epochsDone, stopped }: MatchingOutcome,
    weights: NonNullable<MatchingOutcome['weights']>,
    seconds: number,
  ): Promise<MatchingResult> {
    const tuned: TunedEncoder = {
      id: crypto.randomUUID(),
      name,
      createdAt: Date.now(),
      encoderName,
      taxonomyName: taxonomy.name,
      config,
      epochsDone,
      seconds,
      report,
    };
    const folder = tunedFolder(embedder.encoder, weights, tuned, embedder.maxTokens);
    const zip = await writeZip(new Map(Array.from(folder, ([path, bytes]) => [path, new Blob([bytes])])));
    const problem = await (await this.kept()).keep(tuned, new Uint8Array(await zip.arrayBuffer()));
    const notKept = problem && { code: problem.code, message: problem.message };
    return { tuned, report, stopped, notKept };
  }

  private kept(): Promise<MatchingStore> {
    return (this.store ??= MatchingStore.open());
  }

  private async load(source: MatchingEncoder): Promise<Encoder> {
    if (this.opened && this.opened.source.kind === source.kind && this.opened.source.id === source.id)
      return this.opened.embedder.encoder;
    if (source.kind !== 'tuned') return this.around.loadEncoder(source);
    const zip = await (await this.kept()).zip(source.id);
    return readEncoder(await readModelZip(zip, 'the fine-tuned encoder'));
  }

  private async knownEmbeddings(key: string, entries: number, dim: number): Promise<Float32Array<ArrayBuffer> | null> {
    const file = await (await this.kept()).embeddings(key);
    if (!file) return null;
    try {
      const stored = (await readSafetensors(file, 'kept embeddings')).get('embeddings');
      return stored && stored.shape.join() === `${entries},${dim}` ? stored.data : null;
    } catch {
      // A damaged file is as good as none.
      return null;
    }
  }

  private async keepEmbeddings(key: string, data: Float32Array<ArrayBuffer>, dim: number): Promise<void> {
    const file = writeSafetensors(new Map([['embeddings', { shape: [data.length / dim, dim], data }]]), {
      dtype: 'F32',
    });
    await (await this.kept()).keepEmbeddings(key, file);
  }

  private requireOpen(): OpenTaxonomy {
    if (this.opened) return this.opened;
    throw new RungError('not-found', 'No taxonomy is open to match with.', 'Drop the files of one on Match.');
  }

  private requireIdle(): void {
    if (!this.busy && !this.around.isTraining()) return;
    throw new RungError('busy', 'A training is running already.', 'Stop it first, or wait until it is done.');
  }
}

const prints = new WeakMap<Encoder, string>();

/** Tells encoders apart by their weights. */
export function modelPrint(encoder: Encoder): string {
  const known = prints.get(encoder);
  if (known) return known;
  const bytes = Array.from(
    encoder.weights.values(),
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  const print = fingerprint(bytes);
  prints.set(encoder, print);
  return print;
}

function throttled(onProgress: Progress, message: string): (done: number, total: number) => void {
  let last = -Infinity;
  return (done, total) => {
    const now = performance.now();
    if (now - last < apart) return;
    last = now;
    onProgress(`${message}: ${done} of ${total}`, done / total);
  };
}
