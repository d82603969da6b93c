/** Labels that the user has corrected: kept beside the table, never written into the user's file. */
import type { DataSummary } from './dataset.ts';

/** One row that was looked at. */
export interface Correction {
  /** Row number as the spreadsheet shows it. */
  row: number;
  /** As it stands in the file. */
  title: string;
  before: string[];
  /** The same as `before` where the labels were looked at and kept. */
  after: string[];
  why: string;
  /** Milliseconds since 1970. */
  when: number;
}

/** Steps, oldest first; what was done in one go is undone in one go. */
export interface CorrectionHistory {
  done: Correction[][];
  /** The next to be done again last. */
  undone: Correction[][];
}

export interface LabelEdit {
  row: number;
  /** All labels that the row carries from now on. */
  labels: string[];
}

/** What became of a change log that was read. */
export interface LogReading {
  summary: DataSummary;
  applied: number;
  /** Lines that say what the table has already. */
  already: number;
  /** Lines that do not fit this table, and why. */
  refused: { row: number; reason: string }[];
}

/** The part of the data worker that corrects labels. Each call answers with the table as it is then. */
export interface CorrectionsApi {
  /**
   * Gives rows other labels, or with the labels that they have notes that these are right. Rows with the same title and the same
   * labels go along: training counts them as one.
   * @throws RungError `not-found` for a row or label that the table does not have, `data-mismatch` for more labels than a row can carry
   */
  correct(edits: LabelEdit[], why: string): Promise<DataSummary>;
  undoCorrection(): Promise<DataSummary>;
  redoCorrection(): Promise<DataSummary>;
  /** What counts now, oldest first. */
  corrections(): Promise<Correction[]>;
  /** The change log as CSV. */
  writeChangeLog(): Promise<Blob>;
  /** Applies a change log that Rung wrote; lines that do not fit the table are named. @throws RungError `file-corrupt` */
  readChangeLog(file: File): Promise<LogReading>;
  /** The table with the corrected labels; every other cell as it was. */
  writeCorrectedTable(format: 'csv' | 'xlsx'): Promise<Blob>;
}
