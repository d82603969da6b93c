/** The engine's worker: dispatches calls; owns the backend, the live training, the loaded model and the kept runs. */
import * as Comlink from 'comlink';
import { readModelFiles } from '../formats/package.ts';
import { onDeviceFailure, startBackend } from '../kernels/backend.ts';
import { classicalFileName } from '../recipes/classicalModel.ts';
import { readEncoder, withHead } from '../recipes/encoder.ts';
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
import { ClassicalClassifier } from './classicalClassifier.ts';
import { Classifier, type LoadedModel } from './classifier.ts';
import type { DroppedModel, EngineApi, HubListener, HubModel, ProgressListener, TrainingRequest } from './protocol.ts';
import { changeTitle, explainTitle } from './explaining.ts';
import { exportRunFiles, exportRunFolder, exportRunPage } from './exportFiles.ts';
import { embedForMap } from './mapEmbeddings.ts';
import { Matching } from './matching.ts';
import { moveThresholds } from './moveThresholds.ts';
import { Neighbours } from './neighbours.ts';
import { RunArchive } from './runArchive.ts';
import { kindOfJson, readRunDocument, writeRunFile } from './runDocuments.ts';
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
  private model: LoadedModel | null = null;
  /** The model of another run, which only embeds titles. */
  private beside: Classifier | null = null;
  private readonly neighbours = new Neighbours();
  private readonly packages = new Map<string, LoadedModel>();
  private readonly around = {
    loadEncoder: (source: EncoderSource) => this.encoderList.load(source),
    startDevice: (backend: Backend | null = null) => this.started(backend),
    isTraining: () => this.training,
  };
  readonly matching = new Matching(this.around);
  readonly levelArea = new LevelAreaEngine(this.around);

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

  async loadRun(id: string): Promise<ModelInfo> {
    const dropped = this.packages.get(id);
    if (dropped) return this.use(dropped).info(dropped.usesDevice ? await this.started(null) : null);
    const archive = await this.archive;
    const run = await archive.get(id);
    const { name, thresholds } = run;
    if (run.kind === 'cross-validation') {
      const message = `“${name}” is a cross-validation: it holds figures, no model.`;
      throw new RungError('not-found', message, 'Train the same recipe on one split to get a model.');
    }
    const device = run.kind === 'finetune' ? await this.started(null) : null;
    if (this.model?.id === id) return { ...this.model.info(device), name, thresholds };
    if (run.kind === 'classical') {
      const bytes = await archive.file(id, classicalFileName);
      return this.use(new ClassicalClassifier(id, bytes, { name, thresholds })).info();
    }
    const model = this.beside?.id === id ? this.beside : await this.readRun(id);
    if (model === this.beside) this.beside = null;
    return { ...this.use(model).info(device), name, thresholds };
  }

  async openPackage(files: File[], onProgress: ProgressListener): Promise<DroppedModel> {
    onProgress('Reading the model', null);
    if (files.length === 1 && /(?<!config)\.json$/.test(files[0].name)) return this.openJson(files[0]);
    const device = await this.started(null);
    const encoder = await readEncoder(await readModelFiles(files));
    // Checks every tensor against the config now, so that a damaged folder is refused here and not at the first prediction.
    const labelCount = encoder.labelNames?.length ?? 1;
    const { unused, fresh } = withHead(encoder, labelCount, {
      keepHead: encoder.labelNames !== null,
      seed: 0,
      dropout: 0,
    });
    const warnings =
      unused.length > 0
        ? [`${unused.length} tensors of this model are not used: ${unused.slice(0, 3).join(', ')}.`]
        : [];
    const name = nameOfPackage(files);
    const info = this.encoderList.addDropped(name, encoder, { unused, fresh });
    const classifier = Classifier.ofPackage(info.source.id, name, encoder);
    if (!classifier) return { encoder: info, model: null, run: null, warnings };
    this.packages.set(classifier.id, classifier);
    return { encoder: info, model: this.use(classifier).info(device), run: null, warnings };
  }

  async exportDocument(...request: Parameters<EngineApi['exportDocument']>): Promise<Blob> {
    return writeRunFile(await this.archive, this.encoderList, ...request);
  }

  /** The document of a run, or the download of a classical one. */
  private async openJson(file: File): Promise<DroppedModel> {
    if ((await kindOfJson(file)) === 'run') {
      return { encoder: null, model: null, run: await readRunDocument(await this.archive, file), warnings: [] };
    }
    const id = `classical-${this.packages.size + 1}`;
    const classifier = new ClassicalClassifier(id, new Uint8Array(await file.arrayBuffer()));
    this.packages.set(id, classifier);
    return { encoder: null, model: this.use(classifier).info(), run: null, warnings: [] };
  }

  async predict(modelId: string, titles: PackedStrings): Promise<Float32Array<ArrayBuffer>> {
    const model = await this.loaded(modelId);
    const probabilities = await model.predict(unpackStrings(titles));
    return Comlink.transfer(probabilities, [probabilities.buffer]);
  }

  async explain(modelId: string, title: string, label: number): Promise<Explanation> {
    return explainTitle(await this.loaded(modelId), title, label);
  }

  async counterfactuals(modelId: string, title: string, label: number, threshold: number): Promise<Counterfactuals> {
    const model = await this.loaded(modelId);
    const kept = this.packages.has(modelId) ? null : await (await this.archive).titles(modelId);
    return changeTitle(model, title, { label, threshold }, kept);
  }

  async nearestTitles(id: string, title: string, onProgress: ProgressListener): Promise<NearTitles> {
    if (this.packages.has(id)) return { kind: 'none', reason: 'package' };
    const archive = await this.archive;
    if ((await archive.get(id)).kind === 'classical') return { kind: 'none', reason: 'classical' };
    const kept = await archive.titles(id);
    if (!kept) return { kind: 'none', reason: 'not-kept' };
    const model = await this.modelBeside(id);
    const tell = (done: number, total: number): void =>
      onProgress(`Reading training titles: ${done} of ${total}`, done / total);
    const wanted = (): boolean => this.model === model || this.beside === model;
    const near = await this.neighbours.nearest(model, kept, title, tell, wanted);
    return { kind: 'found', near, kept: kept.rows.length, total: kept.total };
  }

  async titleEmbeddings(id: string, titles: PackedStrings): Promise<TitleEmbeddings> {
    const run = await (await this.archive).get(id);
    return embedForMap(await this.modelBeside(id), run, unpackStrings(titles));
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

  /** @throws RungError 'not-found' when another model is loaded: a file predicted chunk by chunk must not change models in the middle. */
  private async loaded(modelId: string): Promise<LoadedModel> {
    const { model } = this;
    if (model?.id !== modelId) {
      const message = model ? 'Another model has been chosen since.' : 'No model is loaded to predict with.';
      throw new RungError('not-found', message, 'Choose the model again, or predict anew with the one that is chosen.');
    }
    if (model.usesDevice) await this.started(null);
    return model;
  }

  /** The fine-tuned model of a run: the one that predicts, or one beside it that Results looks at. */
  private async modelBeside(id: string): Promise<Classifier> {
    await this.started(null);
    for (const known of [this.model, this.beside]) if (known?.id === id && known instanceof Classifier) return known;
    const model = await this.readRun(id);
    void this.beside?.unload();
    this.beside = model;
    return model;
  }

  /** @throws RungError 'not-found' when the run holds no encoder. */
  private async readRun(id: string): Promise<Classifier> {
    const archive = await this.archive;
    const run = await archive.get(id);
    if (run.kind !== 'finetune') throw new RungError('not-found', `“${run.name}” holds no fine-tuned encoder.`);
    return Classifier.ofRun(run, await readEncoder(await archive.files(id)));
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
    const classifiers = [...this.packages.values(), this.model, this.beside].filter((model) => model !== null);
    await Promise.all([this.matching, this.levelArea, ...classifiers].map((part) => part.unload()));
  }

  private use<Model extends LoadedModel>(classifier: Model): Model {
    if (this.model && this.model !== classifier) void this.model.unload();
    this.model = classifier;
    return classifier;
  }
}

/** A zip's own name, or that of the folder that the files lay in: their names are their paths. */
function nameOfPackage(files: File[]): string {
  if (files.length === 1) return files[0].name.replace(/\.zip$/i, '');
  return files[0]?.name.includes('/') ? files[0].name.split('/')[0] : 'Dropped model';
}

installErrorTransfer();
Comlink.expose(new Host());
