/** Files of titles too large for a table in the page: read, predicted and written piece by piece. */
import type { SourceInfo } from './dataset.ts';
import type { ErrorCode } from './errors.ts';
import type { PackedStrings } from './strings.ts';

/** What a text table is, told from its beginning. */
export interface StreamedTable {
  name: string;
  bytes: number;
  encoding: NonNullable<SourceInfo['encoding']>;
  /** '' for a list with one title a line. */
  delimiter: string;
  columns: string[];
  /** 0-based; a guess. */
  titleColumn: number;
  /** Of the data, from 1, as a spreadsheet counts; what stands above is caption and header. */
  firstRow: number;
  hasHeader: boolean;
}

export interface StreamProgress {
  /** Rows written. */
  rows: number;
  /** Titles that the model was asked for: those seen lately are not computed again. */
  computed: number;
  /** Of the file, behind which all rows are written. */
  bytes: number;
  /** Rows that carry each label. */
  labels: number[];
  /** Rows that carry none. */
  none: number;
  seconds: number;
}

export interface StreamResult extends StreamProgress {
  /** CSV of the rows done, whole rows only; its content lies on disk. */
  file: File;
  /** Why it ended early; null when all is done. */
  ended: { code: ErrorCode; message: string; hint: string } | null;
}

export interface StreamRequest {
  file: File;
  table: StreamedTable;
  /** Column of the titles. */
  column: number;
  labelNames: string[];
  thresholds: number[];
  /** Of the CSV. */
  outputName: string;
}

/** What the page asks of the worker that streams files; a Comlink endpoint. */
export interface StreamApi {
  /** @throws RungError as `describeTextTable` */
  describe(file: File): Promise<StreamedTable>;
  /**
   * Predicts a file and resolves when it is done, was stopped or failed: what was predicted until then is in the result.
   * @throws RungError when no file can be written at all
   */
  predict(
    request: StreamRequest,
    predict: (titles: PackedStrings) => Promise<Float32Array<ArrayBuffer>>,
    onProgress: (progress: StreamProgress) => void,
  ): Promise<StreamResult>;
  stop(): Promise<void>;
}

/** That worker, as the page holds it. */
export interface StreamWorker extends StreamApi {
  /** Ends the worker; the file it wrote is deleted when another is written. */
  end(): void;
}
