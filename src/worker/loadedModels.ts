/** The models that predict, explain and embed: the one in use, one beside it, and those dropped on the page. */
import { readModelFiles } from '../formats/package.ts';
import { classicalFileName } from '../recipes/classicalModel.ts';
import { readEncoder, readTrained, trainedMembers, withHead } from '../recipes/encoder.ts';
import { RungError } from '../shared/errors.ts';
import type { NearTitles } from '../shared/explanation.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type { TitleEmbeddings } from '../shared/titleMap.ts';
import type { DeviceReport, ModelInfo } from '../shared/training.ts';
import { ClassicalClassifier } from './classicalClassifier.ts';
import { Classifier, type LoadedModel } from './classifier.ts';
import type { Encoders } from './encoders.ts';
import { embedForMap } from './mapEmbeddings.ts';
import { Neighbours } from './neighbours.ts';
import type { DroppedModel, ProgressListener } from './protocol.ts';
import type { RunArchive } from './runArchive.ts';
import { kindOfJson, readRunDocument } from './runDocuments.ts';

/** What models need of the worker they live in. */
export interface ModelSurroundings {
  archive: () => Promise<RunArchive>;
  encoders: () => Encoders;
  /** The backend that runs, or the best one started now. */
  startDevice: () => Promise<DeviceReport>;
}

/** @see ModelSurroundings */
export class LoadedModels {
  private model: LoadedModel | null = null;
  /** The model of another run, which only embeds titles. */
  private beside: Classifier | null = null;
  private readonly neighbours = new Neighbours();
  private readonly packages = new Map<string, LoadedModel>();
  private readonly around: ModelSurroundings;

  constructor(around: ModelSurroundings) {
    this.around = around;
  }

  /** Whether a model was dropped on the page: such a one has no kept run. */
  isPackage(id: string): boolean {
    return this.packages.has(id);
  }

  async loadRun(id: string): Promise<ModelInfo> {
    const dropped = this.packages.get(id);
    if (dropped) return this.use(dropped).info(dropped.usesDevice ? await this.around.startDevice() : null);
    const archive = await this.around.archive();
    const run = await archive.get(id);
    const { name, thresholds } = run;
    if (run.kind === 'cross-validation') {
      const message = `“${name}” is a cross-validation: it holds figures, no model.`;
      throw new RungError('not-found', message, 'Train the same recipe on one split to get a model.');
    }
    const device = run.kind === 'finetune' ? await this.around.startDevice() : null;
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
    const device = await this.around.startDevice();
    const encoder = await readEncoder(await readModelFiles(files));
    // Checks every tensor against the config now, so that a damaged folder is refused here and not at the first prediction.
    const labelCount = encoder.labelNames?.length ?? 1;
    const { unused, fresh } = encoder.labelNames
      ? trainedMembers(encoder, labelCount)
      : withHead(encoder, labelCount, { keepHead: false, seed: 0, dropout: 0 });
    const warnings =
      unused.length > 0
        ? [`${unused.length} tensors of this model are not used: ${unused.slice(0, 3).join(', ')}.`]
        : [];
    const name = nameOfPackage(files);
    const info = this.around.encoders().addDropped(name, encoder, { unused, fresh });
    const classifier = Classifier.ofPackage(info.source.id, name, encoder);
    if (!classifier) return { encoder: info, model: null, run: null, warnings };
    this.packages.set(classifier.id, classifier);
    return { encoder: info, model: this.use(classifier).info(device), run: null, warnings };
  }

  /** The document of a run, or the download of a classical one. */
  private async openJson(file: File): Promise<DroppedModel> {
    if ((await kindOfJson(file)) === 'run') {
      return {
        encoder: null,
        model: null,
        run: await readRunDocument(await this.around.archive(), file),
        warnings: [],
      };
    }
    const id = `classical-${this.packages.size + 1}`;
    const classifier = new ClassicalClassifier(id, new Uint8Array(await file.arrayBuffer()));
    this.packages.set(id, classifier);
    return { encoder: null, model: this.use(classifier).info(), run: null, warnings: [] };
  }

  async nearestTitles(id: string, title: string, onProgress: ProgressListener): Promise<NearTitles> {
    if (this.packages.has(id)) return { kind: 'none', reason: 'package' };
    const archive = await this.around.archive();
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
    return embedForMap(await this.modelBeside(id), unpackStrings(titles));
  }

  /** @throws RungError 'not-found' when another model is loaded: a file predicted chunk by chunk must not change models in the middle. */
  async loaded(modelId: string): Promise<LoadedModel> {
    const { model } = this;
    if (model?.id !== modelId) {
      const message = model ? 'Another model has been chosen since.' : 'No model is loaded to predict with.';
      throw new RungError('not-found', message, 'Choose the model again, or predict anew with the one that is chosen.');
    }
    if (model.usesDevice) await this.around.startDevice();
    return model;
  }

  /** The fine-tuned model of a run: the one that predicts, or one beside it that Results looks at. */
  private async modelBeside(id: string): Promise<Classifier> {
    await this.around.startDevice();
    for (const known of [this.model, this.beside]) if (known?.id === id && known instanceof Classifier) return known;
    const model = await this.readRun(id);
    void this.beside?.unload();
    this.beside = model;
    return model;
  }

  /** @throws RungError 'not-found' when the run holds no encoder. */
  private async readRun(id: string): Promise<Classifier> {
    const archive = await this.around.archive();
    const run = await archive.get(id);
    if (run.kind !== 'finetune') throw new RungError('not-found', `“${run.name}” holds no fine-tuned encoder.`);
    return Classifier.ofRun(run, await readTrained(await archive.files(id), run));
  }

  /** Gives up the tensors of all; each loads them anew when it is next asked. */
  async unload(): Promise<void> {
    const models = [...this.packages.values(), this.model, this.beside].filter((model) => model !== null);
    await Promise.all(models.map((model) => model.unload()));
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
