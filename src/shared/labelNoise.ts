/** Rows whose labels are probably wrong, as models that have not seen them think. */

/** A row that a model of the other folds answers otherwise than its labels say. */
export interface LabelSuggestion {
  /** Position in the data set. */
  position: number;
  /** Row number as the spreadsheet shows it. */
  row: number;
  title: string;
  /** Positions of labels, ascending. */
  given: number[];
  suggested: number[];
  /** One minus the self-confidence of the label that is doubted most: 1 is certain that it is wrong. */
  sureness: number;
  /** Out of fold, one a label. */
  probabilities: number[];
}

/** How much of one label is probably wrong, from the calibrated confident joint. */
export interface LabelNoise {
  /** Rows that carry the label. */
  given: number;
  /** Of these, how many probably should not. */
  wronglyGiven: number;
  /** Rows that probably should carry it and do not. */
  missing: number;
}

export interface LabelNoiseReport {
  labelNames: string[];
  /** Surest first. */
  suggestions: LabelSuggestion[];
  /** In the order of the labels; null for a label in too few rows to judge. */
  labels: (LabelNoise | null)[];
  /** Rows that were judged. */
  rows: number;
  /** Rows of the data set that the run has no answer for. */
  unanswered: number;
}

/** A title like another, by the words and pieces of words they share. */
export interface SimilarTitle {
  row: number;
  title: string;
  labels: number[];
  /** Cosine of TF-IDF, 0 to 1. */
  similarity: number;
}

/** What a run said of rows out of fold. */
export interface OutOfFold {
  labelNames: string[];
  /** Row numbers as the spreadsheet shows them. */
  rows: Uint32Array<ArrayBuffer>;
  titles: string[];
  /** rows x labels */
  probabilities: Float32Array<ArrayBuffer>;
}
