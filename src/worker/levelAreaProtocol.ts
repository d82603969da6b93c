/** What the page may ask of "Level and area": a part of the data worker reads and labels titles, a part of the engine's worker learns. */
import type {
  AreaScheme,
  KeywordMap,
  Labelling,
  LabellingSettings,
  LevelAreaAnswers,
  LevelAreaConfig,
  LevelAreaDataset,
  LevelAreaEvent,
  LevelAreaFile,
  LevelAreaModel,
  PerHead,
} from '../shared/levelArea.ts';
import type { PackedStrings } from '../shared/strings.ts';

type Progress = (message: string, fraction: number | null) => void;

/** Titles of a file as they are answered, in the file's order; what is no title stands there as it is and says why. */
export interface TitlesToAnswer {
  titles: PackedStrings;
  /** By row. */
  reasons: (string | null)[];
}

export interface LevelAreaDataApi {
  /** The maps that come with the app. */
  maps(): Promise<{ level: KeywordMap; area: Record<AreaScheme, KeywordMap> }>;
  /** Reads a file, or pasted titles, and keeps it. @throws RungError as reading a table does; the one before stays. */
  open(source: File | string, onProgress: Progress): Promise<LevelAreaFile>;
  /** Filters and labels the titles that are open. @throws RungError `no-title-column`, `too-many-labels`. */
  label(settings: LabellingSettings): Promise<Labelling>;
  /** What `label` came to last, ready to train on. @throws RungError `no-rows` before it. */
  dataset(): Promise<LevelAreaDataset>;
  /** Titles of another file or of pasted text, one a line. */
  titlesToAnswer(source: File | string, titleColumn: number | null): Promise<{ name: string } & TitlesToAnswer>;
  /** The titles that are open. @throws RungError `no-rows` when none are. */
  openTitles(titleColumn: number): Promise<{ name: string } & TitlesToAnswer>;
  /** Answers as CSV: title, and for each head the answer, its probability and what the keywords say. Cells that start with = + - @ are escaped. */
  writeAnswers(rows: TitlesToAnswer, answers: LevelAreaAnswers, maps: PerHead<KeywordMap>): Promise<Blob>;
}

export interface LevelAreaTrainingResult {
  model: LevelAreaModel;
  /** Why it could not be kept beyond this visit; null when it is. */
  notKept: string | null;
}

export interface LevelAreaEngineApi {
  /** Newest first. */
  models(): Promise<LevelAreaModel[]>;
  /** @throws RungError `busy`, `too-few-rows`, `aborted`, `training-diverged`. */
  train(
    request: { dataset: LevelAreaDataset; config: LevelAreaConfig; name: string; version: string },
    onEvent: (event: LevelAreaEvent) => void,
  ): Promise<LevelAreaTrainingResult>;
  /** Ends the epochs that run; the best one is kept. */
  stop(): Promise<void>;
  /**
   * Probabilities of titles.
   * @throws RungError `weights-mismatch` when the encoder is not the one that it was trained on.
   */
  answer(id: string, titles: PackedStrings, onProgress: Progress): Promise<LevelAreaAnswers>;
  /** Both files in a zip. @throws RungError `not-found` */
  exportModel(id: string): Promise<Blob>;
  /** Reads what `exportModel` wrote and keeps it. */
  openModel(files: File[]): Promise<LevelAreaTrainingResult>;
  removeModel(id: string): Promise<void>;
}
