/** The engine's worker: dispatches calls; owns the backend, the live training, the loaded model and the kept runs. */
import * as Comlink from 'comlink';
import { readModelFiles, writeModelZip } from '../formats/package.ts';
import { startBackend } from '../kernels/backend.ts';
import { readEncoder, withHead } from '../recipes/encoder.ts';
import { measure } from '../recipes/measure.ts';
import { withFigures } from '../recipes/package.ts';
import { RungError } from '../shared/errors.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type {
  Backend,
  DeviceReport,
  EncoderInfo,
  Estimate,
  ModelInfo,
  RunRecord,
  TrainingConfig,
  TrainingEvent,
} from '../shared/training.ts';
import { holdRun } from '../shared/runLocks.ts';
import { Encoders } from './encoders.ts';
import { LiveTraining } from './live.ts';
import { Classifier } from './classifier.ts';
import type { DroppedModel, EngineApi, ProgressListener, TrainingRequest } from './protocol.ts';
import { RunArchive } from './runArchive.ts';
import { runTraining } from './runTraining.ts';
import { installErrorTransfer } from './transfer.ts';

class Host implements EngineApi {
  private baseUrl = self.location.href;
  private encoderList = new Encoders(this.baseUrl);
  private readonly archive = RunArchive.open();
  private backend: Promise<DeviceReport> | null = null;
  private live: LiveTraining | null = null;
  private measuring: AbortController | null = null;
  private model: Classifier | null = null;
  private readonly packages = new Map<string, Classifier>();

  async init(baseUrl: string): Promise<void> {
    this.baseUrl = baseUrl;
    this.encoderList = new Encoders(baseUrl);
  }

  async device(force: Backend | null): Promise<DeviceReport> {
    if (this.live && this.backend) return this.backend;
    this.measuring?.abort();
    const starting = startBackend(force, this.baseUrl);
    this.backend = starting;
    // What was on the other backend's device is gone with it.
    for (const classifier of [this.model, ...this.packages.values()]) classifier?.unload();
    return starting;
  }

  encoders(): Promise<EncoderInfo[]> {
    return this.encoderList.list();
  }

  async measure(config: TrainingConfig, titles: PackedStrings): Promise<Estimate | null> {
    if (this.live || this.measuring) return null;
    const measuring = new AbortController();
    this.measuring = measuring;
    try {
      await this.started(config.backend);
      const encoder = await this.encoderList.load(config.encoder);
      return await measure(encoder, unpackStrings(titles), config, measuring.signal);
    } finally {
      this.measuring = null;
    }
  }

  async train(request: TrainingRequest, onEvent: (event: TrainingEvent) => void): Promise<RunRecord> {
    if (this.live) {
      throw new RungError('busy', 'A training is running already.', 'Stop it first, or wait until it is done.');
    }
    const live = new LiveTraining(crypto.randomUUID(), onEvent);
    this.live = live;
    this.measuring?.abort();
    try {
      const [device, archive] = await Promise.all([this.started(request.config.backend), this.archive]);
      await archive.forgetDeleted();
      const release = await holdRun(live.id);
      try {
        return await runTraining(request, { encoders: this.encoderList, archive, device, live, onEvent });
      } finally {
        release();
      }
    } finally {
      this.live = null;
    }
  }

  async pause(): Promise<void> {
    this.live?.pause();
  }

  async resume(): Promise<void> {
    this.live?.resume();
  }

  async stop(): Promise<void> {
    this.live?.stop();
  }

  async runs(): Promise<RunRecord[]> {
    return (await this.archive).list();
  }

  async renameRun(id: string, name: string): Promise<void> {
    const archive = await this.archive;
    await archive.put({ ...archive.get(id), name });
  }

  async deleteRun(id: string): Promise<void> {
    if (this.live?.id === id) throw new RungError('busy', 'This run is training now.', 'Stop it first.');
    await (await this.archive).delete(id);
  }

  async restoreRun(id: string): Promise<void> {
    await (await this.archive).restore(id);
  }

  async loadRun(id: string): Promise<ModelInfo> {
    const device = await this.started(null);
    const dropped = this.packages.get(id);
    if (dropped) return this.use(dropped).info(device);
    if (this.model?.id === id) return this.model.info(device);
    const archive = await this.archive;
    const { name, thresholds, data, config } = archive.get(id);
    const encoder = readEncoder(await archive.files(id));
    return this.use(
      new Classifier({ id, name, encoder, thresholds, cleaning: data.cleaning, maxTokens: config.maxTokens }),
    ).info(device);
  }

  async openPackage(files: File[], onProgress: ProgressListener): Promise<DroppedModel> {
    const device = await this.started(null);
    onProgress('Reading the model', null);
    const encoder = readEncoder(await readModelFiles(files));
    // Checks every tensor against the config now, so that a damaged folder is refused here and not at the first prediction.
    const labelCount = encoder.labelNames?.length ?? 1;
    const { unused } = withHead(encoder, labelCount, { keepHead: encoder.labelNames !== null, seed: 0, dropout: 0 });
    const warnings =
      unused.length > 0
        ? [`${unused.length} tensors of this model are not used: ${unused.slice(0, 3).join(', ')}.`]
        : [];
    const name = nameOfPackage(files);
    const info = this.encoderList.addDropped(name, encoder);
    const classifier = Classifier.ofPackage(info.source.id, name, encoder);
    if (!classifier) return { encoder: info, model: null, warnings };
    this.packages.set(classifier.id, classifier);
    return { encoder: info, model: this.use(classifier).info(device), warnings };
  }

  async predict(titles: PackedStrings): Promise<Float32Array<ArrayBuffer>> {
    if (!this.model) {
      throw new RungError('not-found', 'No model is loaded to predict with.', 'Train one, or drop a downloaded one.');
    }
    await this.started(null);
    const probabilities = await this.model.predict(unpackStrings(titles));
    return Comlink.transfer(probabilities, [probabilities.buffer]);
  }

  async exportRun(id: string, onProgress: ProgressListener): Promise<Blob> {
    const archive = await this.archive;
    onProgress('Reading the weights', null);
    const files = withFigures(await archive.files(id), archive.get(id));
    onProgress('Writing the zip', null);
    return new Blob([writeModelZip(files)], { type: 'application/zip' });
  }

  /** The backend that runs, or the best one started now. A forced one is started when another runs. */
  private async started(force: Backend | null): Promise<DeviceReport> {
    const running = this.backend && (await this.backend.catch(() => null));
    if (running && (force === null || running.backend === force)) return running;
    return this.device(force);
  }

  private use(classifier: Classifier): Classifier {
    if (this.model && this.model !== classifier) this.model.unload();
    this.model = classifier;
    return classifier;
  }
}

/** A zip's own name, or that of the folder that the files lay in. */
function nameOfPackage(files: File[]): string {
  if (files.length === 1) return files[0].name.replace(/\.zip$/i, '');
  return files[0]?.webkitRelativePath.split('/')[0] || 'Dropped model';
}

installErrorTransfer();
Comlink.expose(new Host());
