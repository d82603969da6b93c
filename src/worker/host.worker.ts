/** The engine's worker: dispatches calls; owns the backend, the live training and the kept runs. */
import * as Comlink from 'comlink';
import { onDeviceFailure, startBackend } from '../kernels/backend.ts';
import { measure } from '../recipes/measure.ts';
import { recipes } from '../recipes/registry.ts';
import { RungError } from '../shared/errors.ts';
import type { Counterfactuals, Explanation, NearTitles } from '../shared/explanation.ts';
import type { OnnxFile } from '../shared/onnxFiles.ts';
import type { RecipeInfo } from '../shared/recipe.ts';
import type { SearchTrial } from '../shared/search.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type { TitleEmbeddings } from '../shared/titleMap.ts';
import type {
  Backend,
  DeviceReport,
  EncoderInfo,
  EncoderSource,
  Estimate,
  ModelInfo,
  RunRecord,
  TrainingConfig,
  TrainingEvent,
} from '../shared/training.ts';
import { holdRun } from '../shared/runLocks.ts';
import { Encoders } from './encoders.ts';
import { LevelAreaEngine } from './levelAreaEngine.ts';
import { LiveTraining } from './live.ts';
import { LoadedModels } from './loadedModels.ts';
import type { DroppedModel, EngineApi, HubListener, HubModel, ProgressListener, TrainingRequest } from './protocol.ts';
import { changeTitle, explainTitle } from './explaining.ts';
import { exportRunFiles, exportRunFolder, exportRunPage } from './exportFiles.ts';
import { Matching } from './matching.ts';
import { moveThresholds } from './moveThresholds.ts';
import { RunArchive } from './runArchive.ts';
import { writeRunFile } from './runDocuments.ts';
import { runSearch } from './runSearch.ts';
import { runTraining } from './runTraining.ts';
import type { TrainingSurroundings } from './surroundings.ts';
import { installErrorTransfer } from './transfer.ts';

class Host implements EngineApi {
  private baseUrl = self.location.href;
  private encoderList = new Encoders(this.baseUrl);
  private readonly unreadable: string[] = [];
  private readonly archive = RunArchive.open((id, reason) => this.unreadable.push(`${id}: ${reason}`));
  private backend: Promise<DeviceReport> | null = null;
  private live: LiveTraining | null = null;
  private measuring: { abort: AbortController; done: Promise<unknown> } | null = null;
  private readonly around = {
    loadEncoder: (source: EncoderSource) => this.encoderList.load(source),
    startDevice: (backend: Backend | null = null) => this.started(backend),
    isTraining: () => this.training,
  };
  readonly matching = new Matching(this.around);
  readonly levelArea = new LevelAreaEngine(this.around);
  private readonly models = new LoadedModels({
    archive: () => this.archive,
    encoders: () => this.encoderList,
    startDevice: () => this.started(null),
  });

  constructor() {
    onDeviceFailure((error) => {
      // Tensors are gone with the device, and a full one has to be cleared: both are loaded anew when next needed.
      if (error.code === 'device-lost') this.backend = null;
      void this.unloadAll();
    });
  }

  async init(baseUrl: string): Promise<void> {
    this.baseUrl = baseUrl;
    this.encoderList = new Encoders(baseUrl);
  }

  async device(force: Backend | null): Promise<DeviceReport> {
    if (this.training && this.backend) return this.backend;
    // One start after the other: the last one asked for is the one that computes.
    const before = this.backend?.catch(() => null);
    const starting = (async () => {
      await before;
      await this.stopMeasuring();
      await this.unloadAll();
      return startBackend(force, this.baseUrl);
    })();
    this.backend = starting;
    return starting;
  }

  encoders(): Promise<EncoderInfo[]> {
    return this.encoderList.list();
  }

  async recipes(): Promise<RecipeInfo[]> {
    return [...recipes];
  }

  async measure(config: TrainingConfig, titles: PackedStrings): Promise<Estimate | null> {
    // The device first: starting one waits for a measurement, so a measurement must never wait for a start.
    await this.started(config.backend);
    await this.stopMeasuring();
    if (this.training) return null;
    const abort = new AbortController();
    const done = this.encoderList
      .load(config.encoder)
      .then((encoder) => measure(encoder, unpackStrings(titles), config, abort.signal));
    const measuring = { abort, done };
    this.measuring = measuring;
    try {
      return await done;
    } finally {
      if (this.measuring === measuring) this.measuring = null;
    }
  }

  train(request: TrainingRequest, onEvent: (event: TrainingEvent) => void): Promise<RunRecord> {
    return this.alone(onEvent, (around) => runTraining(request, around));
  }

  search(...[request, onEvent]: Parameters<EngineApi['search']>): Promise<SearchTrial[]> {
    return this.alone(onEvent, (around) => runSearch(request, around, onEvent));
  }

  /** Work that has the device to itself, can be paused and stopped, and is told of. */
  private async alone<T>(
    onEvent: (event: TrainingEvent) => void,
    work: (around: TrainingSurroundings) => Promise<T>,
  ): Promise<T> {
    if (this.training) {
      throw new RungError('busy', 'A training is running already.', 'Stop it first, or wait until it is done.');
    }
    const live = new LiveTraining(crypto.randomUUID(), onEvent);
    this.live = live;
    try {
      await this.stopMeasuring();
      const archive = await this.archive;
      await archive.forgetDeleted();
      const release = await holdRun(live.id);
      try {
        const startDevice = (backend: Backend | null): Promise<DeviceReport> => this.started(backend);
        return await work({ encoders: this.encoderList, archive, startDevice, live, onEvent });
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

  async runs(): Promise<{ runs: RunRecord[]; unreadable: string[] }> {
    this.unreadable.length = 0;
    const runs = await (await this.archive).list();
    return { runs, unreadable: [...this.unreadable] };
  }

  async renameRun(id: string, name: string): Promise<void> {
    await (await this.archive).change(id, () => ({ name }));
  }

  async setThresholds(id: string, thresholds: number[]): Promise<void> {
    await (await this.archive).change(id, (run) => moveThresholds(run, thresholds));
  }

  async deleteRun(id: string): Promise<void> {
    await (await this.archive).delete(id);
  }

  async restoreRun(id: string): Promise<void> {
    await (await this.archive).restore(id);
  }

  loadRun(id: string): Promise<ModelInfo> {
    return this.models.loadRun(id);
  }

  openPackage(files: File[], onProgress: ProgressListener): Promise<DroppedModel> {
    return this.models.openPackage(files, onProgress);
  }

  nearestTitles(...request: Parameters<EngineApi['nearestTitles']>): Promise<NearTitles> {
    return this.models.nearestTitles(...request);
  }

  titleEmbeddings(id: string, titles: PackedStrings): Promise<TitleEmbeddings> {
    return this.models.titleEmbeddings(id, titles);
  }

  async exportDocument(...request: Parameters<EngineApi['exportDocument']>): Promise<Blob> {
    return writeRunFile(await this.archive, this.encoderList, ...request);
  }

  async predict(modelId: string, titles: PackedStrings): Promise<Float32Array<ArrayBuffer>> {
    const model = await this.models.loaded(modelId);
    const probabilities = await model.predict(unpackStrings(titles));
    return Comlink.transfer(probabilities, [probabilities.buffer]);
  }

  async explain(modelId: string, title: string, label: number): Promise<Explanation> {
    return explainTitle(await this.models.loaded(modelId), title, label);
  }

  async counterfactuals(modelId: string, title: string, label: number, threshold: number): Promise<Counterfactuals> {
    const model = await this.models.loaded(modelId);
    const kept = this.models.isPackage(modelId) ? null : await (await this.archive).titles(modelId);
    return changeTitle(model, title, { label, threshold }, kept);
  }

  hubModels(): Promise<HubModel[]> {
    return this.encoderList.hub.list();
  }

  fetchHubModel(id: string, onProgress: HubListener): Promise<EncoderInfo> {
    return this.encoderList.hub.fetch(id, onProgress);
  }

  async stopFetching(): Promise<void> {
    this.encoderList.hub.stop();
  }

  removeHubModel(id: string): Promise<void> {
    return this.encoderList.hub.remove(id);
  }

  async exportRun(id: string, onnx: OnnxFile[], onProgress: ProgressListener): Promise<Blob> {
    return exportRunFiles(await this.archive, id, onnx, onProgress);
  }

  async exportFiles(...request: Parameters<EngineApi['exportFiles']>): Promise<Map<string, Blob>> {
    return exportRunFolder(await this.archive, ...request);
  }

  async exportPage(id: string): Promise<Blob> {
    return exportRunPage(await this.archive, id, this.baseUrl);
  }

  /** The backend that runs, or the best one started now. A forced one is started when another runs. */
  private async started(force: Backend | null): Promise<DeviceReport> {
    const running = this.backend && (await this.backend.catch(() => null));
    if (running && (force === null || running.backend === force)) return running;
    return this.device(force);
  }

  /** Of whatever kind. */
  private get training(): boolean {
    return this.live !== null || this.matching.busy || this.levelArea.busy;
  }

  private async stopMeasuring(): Promise<void> {
    if (!this.measuring) return;
    this.measuring.abort.abort();
    await this.measuring.done.catch(() => null);
  }

  private async unloadAll(): Promise<void> {
    await Promise.all([this.matching, this.levelArea, this.models].map((part) => part.unload()));
  }
}

installErrorTransfer();
Comlink.expose(new Host());
