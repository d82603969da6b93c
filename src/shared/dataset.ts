/** The domain types of the data side: what was read, how it is understood, what is wrong with it, what goes to training. */
import type { PackedStrings } from './strings.ts';

/** How labels stand in the table. Column numbers are 0-based positions. */
export type LabelLayout =
  /** Several columns, each cell at most one label (JobLevelData: Column 1..4). */
  | { kind: 'columns'; columns: number[] }
  /** One column, each cell holding labels joined by a separator; an empty separator means one label a cell. */
  | { kind: 'separated'; column: number; separator: string }
  /** One column a label, named by its header, cells 0/1 (yes/no, true/false, x). */
  | { kind: 'indicators'; columns: number[] };

export interface ColumnRoles {
  /** Column of the titles; null while none is recognised. */
  title: number | null;
  labels: LabelLayout | null;
}

/** What happens to rows without a label: left out, given a label of their own, or kept with every label 0. */
export type UnlabelledPolicy = { kind: 'drop' } | { kind: 'label'; name: string } | { kind: 'none' };

/** Title cleaning, each a switch. Applied in this order; the same steps run before prediction. */
export interface CleaningOptions {
  /** Remove HTML tags and decode entities. */
  html: boolean;
  /** Unicode NFKC, curly quotes and dashes to plain ones, control characters removed. */
  unicode: boolean;
  /** `/ | ; _ \` and the like become spaces. */
  separators: boolean;
  /** Other symbols are removed (letters, digits, `& + # ' . -` stay). */
  symbols: boolean;
  /** Lower case. */
  lowercase: boolean;
  /** Runs of white space become one space; ends trimmed. */
  whitespace: boolean;
}

/** Rows that are left out of training, each a switch. */
export interface FilterOptions {
  /** Empty titles and those with only digits or symbols. */
  invalidTitles: boolean;
  /** All but the first of rows with the same title and the same labels. */
  exactDuplicates: boolean;
}

export interface DataSettings {
  roles: ColumnRoles;
  unlabelled: UnlabelledPolicy;
  cleaning: CleaningOptions;
  filter: FilterOptions;
}

export type FindingId =
  | 'unlabelled'
  | 'exact-duplicates'
  | 'near-duplicates'
  | 'conflicts'
  | 'rare-labels'
  | 'empty-titles'
  | 'symbol-titles'
  | 'html-titles'
  | 'long-titles'
  | 'control-characters'
  | 'sorted'
  | 'parse-problems';

/** One thing the health panel says. */
export interface Finding {
  id: FindingId;
  severity: 'problem' | 'warning' | 'info';
  /** Short, with the count: "82 rows have a near duplicate". */
  title: string;
  /** Why it matters and what Rung does about it, one or two sentences. */
  detail: string;
  /** How many rows `RowQuery.finding` returns for it. */
  rows: number;
}

export interface LabelCount {
  name: string;
  /** Rows that carry it. */
  rows: number;
}

export interface SheetInfo {
  name: string;
  rows: number;
  columns: number;
}

/** What kind of file was read and how. */
export interface SourceInfo {
  name: string;
  bytes: number;
  format: 'xlsx' | 'delimited' | 'pasted';
  /** Delimited text only. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  delimiter?: string;
  /** Workbooks only. */
  sheets?: SheetInfo[];
  sheet?: string;
  /** Whether the first row of the table was taken for column names. */
  header?: boolean;
}

export interface CleaningExample {
  row: number;
  before: string;
  after: string;
}

/** What the page shows of the corrections. */
export interface CorrectionState {
  /** Rows whose labels differ from the file's. */
  changed: number;
  /** Rows whose labels were looked at and kept. */
  kept: number;
  canUndo: boolean;
  canRedo: boolean;
  /** How many labels a row can carry in this table. */
  mostLabels: number;
  /** What stands between the labels of a cell, empty where a cell has one; null where a label is a column, and none can be new. */
  separator: string | null;
  /** False where this browser cannot keep them for the next visit. */
  stored: boolean;
}

/** Longer titles are cut in any training. */
export const mostTokensCounted = 512;

/** All that the data screen shows, but for the rows themselves. */
export interface DataSummary {
  source: SourceInfo;
  /** Header cells, made unique ("Title", "Title (2)", "Column 3" for an empty one); always plain strings. */
  columns: string[];
  /** Data rows in the file, the header not counted. */
  rowCount: number;
  settings: DataSettings;
  /** Why training cannot start yet (no title column, one distinct label, ...); null when it can. */
  blocked: { code: string; message: string } | null;
  findings: Finding[];
  labels: LabelCount[];
  /** `labels.length` squared, row-major: rows that carry both; the diagonal is the count. */
  cooccurrence: number[];
  /**
   * Histogram of title length in tokens of the shipped tokenizer, [CLS] and [SEP] counted: `counts[i]` titles have `i` tokens, the last,
   * at `mostTokensCounted`, that many or more.
   */
  tokenLengths: number[];
  /** Rows that would be trained on with these settings. */
  trainableRows: number;
  /** A few rows whose title the cleaning changes, and how many in all. */
  cleaned: { count: number; examples: CleaningExample[] };
  corrections: CorrectionState;
}

export interface RowQuery {
  finding?: FindingId;
  /** Case-insensitive text anywhere in the title. */
  search?: string;
  /** Rows that carry this label. */
  label?: string;
}

export interface RowView {
  /** Row number as the spreadsheet shows it (the header is row 1). */
  row: number;
  title: string;
  labels: string[];
  /** Short notes: "near duplicate of row 17", "no label". */
  notes: string[];
}

export interface RowPage {
  /** Rows that match the query in all. */
  total: number;
  rows: RowView[];
}

/** What goes to training. Rows that the settings leave out are not in it. */
export interface Dataset {
  name: string;
  titles: PackedStrings;
  labelNames: string[];
  /** rows x labels, row-major, 0 or 1. */
  labels: Uint8Array<ArrayBuffer>;
  /** Row numbers as the spreadsheet shows them. */
  rowNumbers: Uint32Array<ArrayBuffer>;
  /** Near-duplicate group of each row; rows of one group stay on one side of every split. */
  groups: Uint32Array<ArrayBuffer>;
  cleaning: CleaningOptions;
  unlabelled: UnlabelledPolicy;
  /** Row numbers of those whose labels the user has corrected; left out where there are none. */
  corrected?: Uint32Array<ArrayBuffer>;
  /** Hash of titles and labels, hexadecimal: tells whether two runs saw the same data. */
  fingerprint: string;
}

export interface Split {
  train: Uint32Array<ArrayBuffer>;
  validation: Uint32Array<ArrayBuffer>;
  test: Uint32Array<ArrayBuffer>;
}
