/** The engine worker's part of "Level and area": embeddings, kept by encoder and titles; training; the models that came of it. */
import * as Comlink from 'comlink';
import { fingerprint } from '../data/fingerprint.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { writeZip } from '../formats/zipWriter.ts';
import type { Encoder } from '../recipes/encoder.ts';
import { networkShape, trainLevelArea } from '../recipes/levelArea/levelArea.ts';
import { modelFileNames, readModelFiles, weightBytes, writeModelFiles } from '../recipes/levelArea/package.ts';
import { scaled, scaleOf } from '../recipes/levelArea/scale.ts';
import { Embedder } from '../recipes/matching/embedder.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import {
  type LevelAreaAnswers,
  type LevelAreaConfig,
  type LevelAreaDataset,
  type LevelAreaEvent,
  type LevelAreaModel,
} from '../shared/levelArea.ts';
import { packStrings, unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type { Backend, DeviceReport, EncoderSource } from '../shared/training.ts';
import { LevelAreaStore } from '../storage/levelAreaStore.ts';
import { LevelAreaTrainer } from '../training/levelAreaTrainer.ts';
import type { LevelAreaEngineApi, LevelAreaTrainingResult } from './levelAreaProtocol.ts';
import { modelPrint } from './matching.ts';

export interface LevelAreaSurroundings {
  loadEncoder: (source: EncoderSource) => Promise<Encoder>;
  startDevice: (backend: Backend | null) => Promise<DeviceReport>;
  /** Whether any training runs. */
  isTraining: () => boolean;
}

interface ReadModel {
  model: LevelAreaModel;
  weights: NamedArrays;
}

type Progress = (message: string, fraction: number | null) => void;

/** Titles whose embeddings are worth a file. */
const fewestKept = 200;
/** Milliseconds between two reports. */
const apart = 100;

export class LevelAreaEngine implements LevelAreaEngineApi, Comlink.ProxyMarked {
  readonly [Comlink.proxyMarker] = true;
  private readonly around: LevelAreaSurroundings;
  private store: Promise<LevelAreaStore> | null = null;
  private live: AbortController | null = null;
  private embedder: Embedder | null = null;
  /** Embeddings of the titles that were trained on last: they are the first to be predicted. */
  private trainedOn: { encoder: Encoder; place: Map<string, number>; vectors: Float32Array } | null = null;
  /** The one that answered last. */
  private read: ReadModel | null = null;

  constructor(around: LevelAreaSurroundings) {
    this.around = around;
  }

  /** Whether it trains. */
  get busy(): boolean {
    return this.live !== null;
  }

  async models(): Promise<LevelAreaModel[]> {
    return (await this.kept()).models();
  }

  async train(
    request: { dataset: LevelAreaDataset; config: LevelAreaConfig; name: string; version: string },
    onEvent: (event: LevelAreaEvent) => void,
  ): Promise<LevelAreaTrainingResult> {
    if (this.around.isTraining()) {
      throw new RungError('busy', 'A training is running already.', 'Stop it first, or wait until it is done.');
    }
    const live = new AbortController();
    this.live = live;
    this.trainedOn = null;
    const { dataset, config, name, version } = request;
    const started = performance.now();
    try {
      const tell: Progress = (message, fraction) => onEvent({ type: 'phase', message, fraction });
      tell('Loading the encoder', null);
      const embedder = await this.embedderOf(config.encoder);
      const device = await this.around.startDevice(config.backend);
      const embed = async (titles: readonly string[], message: string) => {
        const vectors = await this.embeddings(embedder, titles, throttled(tell, message), live.signal);
        // The titles themselves come first; others are parts of them.
        this.trainedOn ??= { encoder: embedder.encoder, place: placesOf(titles), vectors };
        return vectors;
      };
      const outcome = await trainLevelArea({ dataset, embed, dim: embedder.dim, config, signal: live.signal, onEvent });
      const { weights, epochs, bestEpoch, stopped, rows, report } = outcome;
      const model: LevelAreaModel = {
        id: crypto.randomUUID(),
        name,
        createdAt: Date.now(),
        version,
        encoder: { source: config.encoder, fingerprint: modelPrint(embedder.encoder), dim: embedder.dim },
        config,
        maps: dataset.maps,
        data: { name: dataset.name, fingerprint: dataset.fingerprint, titles: dataset.groups.length, ...rows },
        epochs,
        bestEpoch,
        stopped,
        seconds: (performance.now() - started) / 1000,
        backend: device.backend,
        report,
      };
      return await this.keep(model, weightBytes(weights));
    } finally {
      this.live = null;
    }
  }

  async stop(): Promise<void> {
    this.live?.abort();
  }

  async answer(id: string, packed: PackedStrings, onProgress: Progress): Promise<LevelAreaAnswers> {
    const { model, weights } = await this.load(id);
    const embedder = await this.embedderOf(model.encoder.source);
    if (modelPrint(embedder.encoder) !== model.encoder.fingerprint) {
      const message = `“${model.name}” was trained on embeddings of another encoder than the one that is here under the same name.`;
      throw new RungError('weights-mismatch', message, 'Train it again, or drop the encoder that it was trained on.');
    }
    await this.around.startDevice(null);
    const titles = unpackStrings(packed);
    const vectors = await this.embeddingsOfRows(embedder, titles, throttled(onProgress, 'Reading the titles'));
    scaled(vectors, scaleOf(weights, model.encoder.dim));
    const shape = networkShape(model.maps, model.encoder.dim, model.config);
    const trainer = new LevelAreaTrainer(shape, weights);
    try {
      const answers = await trainer.probabilities(vectors);
      return Comlink.transfer(answers, [answers.level.buffer, answers.area.buffer]);
    } finally {
      trainer.dispose();
    }
  }

  async exportModel(id: string): Promise<Blob> {
    const { model, weights } = await (await this.kept()).read(id);
    return writeZip(writeModelFiles(model, new Uint8Array(await weights.arrayBuffer())));
  }

  async openModel(files: File[]): Promise<LevelAreaTrainingResult> {
    const { model, weights } = await readModelFiles(files);
    scaleOf(weights, model.encoder.dim);
    return this.keep(model, weightBytes(weights));
  }

  async removeModel(id: string): Promise<void> {
    if (this.read?.model.id === id) this.read = null;
    await (await this.kept()).remove(id);
  }

  /** Frees the device; weights are loaded anew when they are next needed. */
  async unload(): Promise<void> {
    await this.embedder?.unload();
  }

  private async keep(model: LevelAreaModel, weights: Uint8Array<ArrayBuffer>): Promise<LevelAreaTrainingResult> {
    const problem = await (await this.kept()).keep(model, weights);
    return { model, notKept: problem && problem.message };
  }

  private kept(): Promise<LevelAreaStore> {
    return (this.store ??= LevelAreaStore.open());
  }

  private async load(id: string): Promise<ReadModel> {
    if (this.read?.model.id === id) return this.read;
    const { model, weights } = await (await this.kept()).read(id);
    this.read = { model, weights: await readSafetensors(weights, modelFileNames.weights) };
    return this.read;
  }

  private async embedderOf(source: EncoderSource): Promise<Embedder> {
    const encoder = await this.around.loadEncoder(source);
    if (this.embedder?.encoder !== encoder) {
      void this.embedder?.unload();
      this.embedder = new Embedder(encoder);
    }
    return this.embedder;
  }

  /** Titles x dim, from an earlier time where they are kept. */
  private async embeddings(
    embedder: Embedder,
    titles: readonly string[],
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    if (titles.length < fewestKept) return embedder.embed(titles, onProgress, signal);
    const { bytes, offsets } = packStrings(titles);
    const key = [modelPrint(embedder.encoder), fingerprint([bytes, new Uint8Array(offsets.buffer)])].join('-');
    const store = await this.kept();
    const known = await store.embeddings(key, titles.length * embedder.dim);
    if (known) return known;
    const vectors = await embedder.embed(titles, onProgress, signal);
    await store.keepEmbeddings(key, vectors);
    return vectors;
  }

  /** The same of titles that may stand there several times, and in part be those that were trained on. */
  private async embeddingsOfRows(
    embedder: Embedder,
    titles: readonly string[],
    onProgress: (done: number, total: number) => void,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { dim, encoder } = embedder;
    const known = this.trainedOn?.encoder === encoder ? this.trainedOn : null;
    const fresh = [...new Set(titles)].filter((title) => title !== '' && !known?.place.has(title));
    const found = await this.embeddings(embedder, fresh, onProgress, new AbortController().signal);
    const freshPlace = placesOf(fresh);
    const vectors = new Float32Array(titles.length * dim);
    for (const [row, title] of titles.entries()) {
      const at = freshPlace.get(title);
      const from = at === undefined ? known?.vectors : found;
      const place = at ?? known?.place.get(title);
      if (from && place !== undefined) vectors.set(from.subarray(place * dim, (place + 1) * dim), row * dim);
    }
    return vectors;
  }
}

function placesOf(titles: readonly string[]): Map<string, number> {
  return new Map(titles.map((title, at) => [title, at]));
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
