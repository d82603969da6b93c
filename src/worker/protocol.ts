/**
 * What the page may ask of its two workers. Both are Comlink endpoints: `DataApi` reads and cleans tables (no tfjs), `EngineApi`
 * trains and predicts. Methods that take a callback get it as a Comlink proxy; progress is plain numbers, at most 10 a second.
 * Errors arrive as `RungError` with code and hint (see `transfer.ts`).
 */
import type { CorrectionsApi } from '../shared/corrections.ts';
import type { SplitFigures, SplitFiguresRequest } from '../metrics/splitFigures.ts';
import type { Dataset, DataSettings, DataSummary, RowPage, RowQuery, Split } from '../shared/dataset.ts';
import type { RecipeInfo } from '../shared/recipe.ts';
import type { Counterfactuals, Explanation, NearTitles } from '../shared/explanation.ts';
import type { MatchTable, TaxonomyColumns, TaxonomyFile } from '../shared/matching.ts';
import type { OnnxFile } from '../shared/onnxFiles.ts';
import type { RunFile } from '../shared/runFiles.ts';
import type { SearchEvent, SearchPlan, SearchTrial } from '../shared/search.ts';
import type { PackedStrings } from '../shared/strings.ts';
import type { TitleEmbeddings } from '../shared/titleMap.ts';
import type {
  Backend,
  CrossValidation,
  DeviceReport,
  EncoderInfo,
  Estimate,
  ModelInfo,
  Method,
  RecipeId,
  RunRecord,
  TrainingConfig,
  TrainingEvent,
} from '../shared/training.ts';
import type { LevelAreaDataApi, LevelAreaEngineApi } from './levelAreaProtocol.ts';
import type { MatchingApi } from './matchingProtocol.ts';

export type { LevelAreaDataApi, LevelAreaEngineApi, TitlesToAnswer } from './levelAreaProtocol.ts';

export interface ImportOptions {
  /** Sheet of a workbook; the first one with two columns or more when left out. */
  sheet?: string;
  encoding?: string;
  delimiter?: string;
  /** Whether the first row of the table holds column names; guessed when left out, see `SourceInfo.header` for what came out. */
  header?: boolean;
}

/** `fraction` is null where it cannot be told. */
export type ProgressListener = (message: string, fraction: number | null) => void;

/** Titles of a file to predict; the data session is not touched. */
export interface TitleFile {
  name: string;
  columns: string[];
  titleColumn: number;
  rows: number;
  titles: PackedStrings;
}

/** Predictions beside their titles; `probabilities` is rows x labels. */
export interface PredictionTable {
  titles: PackedStrings;
  labelNames: string[];
  thresholds: number[];
  probabilities: Float32Array<ArrayBuffer>;
}

export interface DataApi extends CorrectionsApi {
  /** Once, before anything else: the page's folder, where `models/` lies. */
  init(baseUrl: string): Promise<void>;
  /** Reads a table and makes it the session's; the one before stays when this throws. */
  open(file: File, options: ImportOptions, onProgress: ProgressListener): Promise<DataSummary>;
  /** The same for pasted text. */
  openText(text: string, options: ImportOptions, onProgress: ProgressListener): Promise<DataSummary>;
  /** Changes some settings and analyses again. */
  configure(change: Partial<DataSettings>): Promise<DataSummary>;
  /** A window of the rows that match. */
  rows(query: RowQuery, offset: number, limit: number): Promise<RowPage>;
  /** The session's rows, ready to train on; settings in `change` hold for this once. @throws RungError when the summary says `blocked`. */
  dataset(change: Partial<DataSettings>): Promise<Dataset>;
  /** Titles of another file, or of pasted text (one a line, or a table). `titleColumn` null: guess. */
  readTitles(source: File | string, titleColumn: number | null): Promise<TitleFile>;
  /** Figures of answers on a split, with their intervals. */
  measureSplit(request: SplitFiguresRequest): Promise<SplitFigures>;
  /** Predictions as a file; cells that start with = + - @ are escaped. */
  writePredictions(table: PredictionTable, format: 'csv' | 'xlsx'): Promise<Blob>;
  readonly levelArea: LevelAreaDataApi;
  /** Reads the files of a taxonomy; `columns` null: guess. The data session is not touched. */
  readTaxonomy(files: File[], columns: TaxonomyColumns | null, onProgress: ProgressListener): Promise<TaxonomyFile>;
  /** Titles with their best entries as CSV; cells that start with = + - @ are escaped. */
  writeMatches(table: MatchTable): Promise<Blob>;
}

export interface TrainingRequest {
  dataset: Dataset;
  /** Whose defaults the settings started from. */
  recipe: RecipeId;
  method: Method;
  /** Null: one split. */
  crossValidation: CrossValidation | null;
  /** Of Rung, to be kept with the run. */
  version: string;
  name: string;
  /** Rows of each side; made from the shares and the seed of `method` when left out. Cross-validation makes its own. */
  split?: Split;
  /** Keep the run and its weights in this browser. */
  persist: boolean;
}

export type { RunFile, TableFormat } from '../shared/runFiles.ts';

export interface SearchRequest {
  dataset: Dataset;
  /** The settings at hand; its shares and seed say which rows are test rows, which are left alone. */
  config: TrainingConfig;
  plan: SearchPlan;
}

export interface DroppedModel {
  /** Null for a classical model: nothing of it can be trained on. */
  encoder: EncoderInfo | null;
  /** Present when the package holds a classifier with named labels, ready to predict. */
  model: ModelInfo | null;
  /** Present when it was the document of a run, which is kept now. */
  run: RunRecord | null;
  warnings: string[];
}

/** How far fetching is; `total` is 0 until the Hub has answered. */
export interface HubProgress {
  message: string;
  /** Bytes that are here, those of an earlier visit included. */
  received: number;
  total: number;
  /** Null until it can be told. */
  bytesPerSecond: number | null;
  secondsLeft: number | null;
}

export type HubListener = (progress: HubProgress) => void;

/** A model of the Hub that is kept in this browser, or a part of it. */
export interface HubModel {
  id: string;
  /** The commit of its files. */
  revision: string;
  licence: string | null;
  bytes: number;
  held: number;
  /** Whole, checked and read: it can be trained. */
  ready: boolean;
}

export interface EngineApi {
  /** Once, before anything else: the page's folder, where `models/` lies. */
  init(baseUrl: string): Promise<void>;
  /** Starts the backend and says what it is. `force` null: the best there is. */
  device(force: Backend | null): Promise<DeviceReport>;
  encoders(): Promise<EncoderInfo[]>;
  /** What can be trained, the default first. */
  recipes(): Promise<RecipeInfo[]>;
  /**
   * Trains on a few of the titles for about two seconds and throws the result away. Null while a training runs, and when another
   * measurement or a training begins meanwhile.
   */
  measure(config: TrainingConfig, titles: PackedStrings): Promise<Estimate | null>;
  /** Trains to the end and resolves with the record; `stop` ends it early, the best epoch kept. */
  train(request: TrainingRequest, onEvent: (event: TrainingEvent) => void): Promise<RunRecord>;
  /** Tries settings and resolves with the trials that are done; `stop` ends it early. Nothing is kept. */
  search(request: SearchRequest, onEvent: (event: TrainingEvent | SearchEvent) => void): Promise<SearchTrial[]>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;

  /** Newest first. Stored runs that this version cannot read are left out and named in `unreadable`. */
  runs(): Promise<{ runs: RunRecord[]; unreadable: string[] }>;
  renameRun(id: string, name: string): Promise<void>;
  /** Other thresholds for a run: its predictions, its download and its figures on the test rows go by them. */
  setThresholds(id: string, thresholds: number[]): Promise<void>;
  deleteRun(id: string): Promise<void>;
  /** Undo of `deleteRun` in the same session. */
  restoreRun(id: string): Promise<void>;

  /**
   * The run as a JSON document (settings, fingerprint, answers, figures; no title, no weights), or what it reported while it was
   * fine-tuned as an event file of TensorBoard; or its tables, its report, its bundle.
   */
  exportDocument(id: string, file: RunFile): Promise<Blob>;

  /** Loads a finished run's weights for prediction. */
  loadRun(id: string): Promise<ModelInfo>;
  /** Reads a dropped zip, the files of a dropped folder in Hugging Face layout, the JSON of a classical model, or the document of a run. */
  openPackage(files: File[], onProgress: ProgressListener): Promise<DroppedModel>;
  /**
   * Probabilities, titles x labels; titles are cleaned as the model's training data was.
   * @throws RungError 'not-found' when `modelId` is not the model that is loaded.
   */
  predict(modelId: string, titles: PackedStrings): Promise<Float32Array<ArrayBuffer>>;

  /**
   * What each word of a title does to the label at `label`, by integrated gradients and by leaving it out.
   * @throws RungError as `predict`
   */
  explain(modelId: string, title: string, label: number): Promise<Explanation>;
  /** Titles a few words away in which the label, given from `threshold` on, turns over. @throws RungError as `predict` */
  counterfactuals(modelId: string, title: string, label: number, threshold: number): Promise<Counterfactuals>;
  /**
   * Training titles nearest to a title, of the model that is loaded or of any run; the first call for a model embeds them all.
   * @throws RungError 'not-found', or 'aborted' when another model was chosen meanwhile
   */
  nearestTitles(id: string, title: string, onProgress: ProgressListener): Promise<NearTitles>;
  /** What a run's model makes of a few titles, for the map. @throws RungError 'not-found' for a run without an encoder */
  titleEmbeddings(id: string, titles: PackedStrings): Promise<TitleEmbeddings>;

  /** Models of the Hub in this browser, whole or not. Nothing is asked of the Hub. */
  hubModels(): Promise<HubModel[]>;
  /**
   * Fetches a model from huggingface.co, continuing where an earlier attempt stopped, and reads it. One at a time.
   * @throws RungError 'offline', 'not-found', 'access-denied', 'aborted', 'busy', 'file-corrupt', 'quota-exceeded' or why it cannot be
   * read; what came is kept.
   */
  fetchHubModel(id: string, onProgress: HubListener): Promise<EncoderInfo>;
  /** Stops fetching; what came is kept. */
  stopFetching(): Promise<void>;
  /** Deletes a model of the Hub from this browser. @throws RungError 'busy' while it is fetched. */
  removeHubModel(id: string): Promise<void>;

  /**
   * One zip in Hugging Face layout of a stored run, these ONNX files of its model in it; of a classical one its JSON.
   * @throws RungError 'file-too-large', or 'weights-mismatch' where a weight does not fit float16.
   */
  exportRun(id: string, onnx: OnnxFile[], onProgress: ProgressListener): Promise<Blob>;
  /** The files of that zip by their paths. @throws RungError as `exportRun`, and 'not-found' for a classical run. */
  exportFiles(id: string, onnx: OnnxFile[], onProgress: ProgressListener): Promise<Map<string, Blob>>;
  /**
   * One HTML file that predicts with a stored run, without anything else.
   * @throws RungError 'file-too-large', or 'offline' when its program is not at hand
   */
  exportPage(id: string): Promise<Blob>;

  /** Titles to entries of a taxonomy. */
  readonly matching: MatchingApi;
  readonly levelArea: LevelAreaEngineApi;
}
