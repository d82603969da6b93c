/** What explains a prediction: which words pushed a label, what would change it, and which training titles are near. */
import type { PackedStrings } from './strings.ts';

/** What one word of a title does to one label. Pushes are in log-odds: +1 multiplies the odds of the label by 2.7. */
export interface WordPush {
  text: string;
  /** Its place in the cleaned title, characters. */
  from: number;
  to: number;
  /** By integrated gradients; null where the model has none. */
  push: number | null;
  /** By leaving it out: log-odds of the title minus log-odds without the word. */
  drop: number;
  /** Push and drop are of opposite sign, both large enough to have one. */
  disagrees: boolean;
  /** Probability of the label without the word. */
  without: number;
}

/** The pushes of integrated gradients, and whether they add up. */
export interface Completeness {
  /** Log-odds when every word is blanked: what the pushes start from. */
  baseline: number;
  /** Points on the way from the blanked title to the title. */
  steps: number;
  /** How far the pushes are from adding up to the change of the log-odds, as a share of it: what finitely many points leave out. */
  error: number;
}

export interface Explanation {
  /** As the model read it. */
  title: string;
  /** Position in the model's label list. */
  label: number;
  /** Those that the model read. */
  words: WordPush[];
  /** Words that it did not, as the title was cut before them. */
  unread: number;
  probability: number;
  /** Log-odds of the label. */
  logit: number;
  /** Null for classical models, which have no embeddings to go along. */
  completeness: Completeness | null;
}

/** One change of a title: a word taken out, put in, or replaced. */
export interface WordEdit {
  /** The word of the title that goes; null when one is put in. */
  out: string | null;
  /** The word that comes; null when one is taken out. */
  into: string | null;
}

export interface Counterfactual {
  /** The changed title. */
  title: string;
  edits: WordEdit[];
  probability: number;
}

export interface Counterfactuals {
  label: number;
  /** Whether the title has the label now: the changes turn it over. */
  holds: boolean;
  found: Counterfactual[];
  /** Titles that were predicted to find them. */
  tried: number;
  /** False when only words of the title were taken out, as the model came without training titles. */
  vocabulary: boolean;
}

/** The rows that a run was trained on, as they are kept with it: all of them, or as many as the bounds allow, evenly spread. */
export interface KeptTitles {
  /** Cleaned; very long ones are cut. */
  titles: PackedStrings;
  /** titles x labels, row-major, 0 or 1. */
  labels: Uint8Array<ArrayBuffer>;
  /** Row numbers as the spreadsheet shows them. */
  rows: Uint32Array<ArrayBuffer>;
  /** Training rows in all. */
  total: number;
}

export interface NearTitle {
  title: string;
  /** Where it stands in the table, or stands first. */
  row: number;
  /** Rows with this title and these labels among the nearest. */
  copies: number;
  /** Positions of its labels. */
  labels: number[];
  /** Cosine of the mean-pooled embeddings about the mean of all training titles, -1 to 1. */
  similarity: number;
}

/** Near titles, or why there are none: the model came from a download, the run keeps no titles, or it has no embeddings. */
export type NearTitles =
  | { kind: 'found'; near: NearTitle[]; kept: number; total: number }
  | { kind: 'none'; reason: 'package' | 'not-kept' | 'classical' };
