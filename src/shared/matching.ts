/** The domain types of matching: a taxonomy of occupations (or of anything with a code, a title and a description) and what is found in it. */
import type { ErrorCode } from './errors.ts';
import type { PackedStrings } from './strings.ts';
import type { DeviceReport, EncoderSource, Interval } from './training.ts';

/** 0-based columns of a taxonomy's table; null: it has none. */
export interface TaxonomyColumns {
  code: number | null;
  title: number;
  description: number | null;
  /** Other names of an entry in one cell, by lines or separated by `|` or `;`. */
  alternates: number | null;
}

/** Titles that are known to belong to an entry. */
export interface KnownTitles {
  titles: PackedStrings;
  /** By title: its entry, from 0. */
  entries: Uint32Array<ArrayBuffer>;
}

export interface Taxonomy {
  /** Of the file with the entries. */
  name: string;
  /** The same files give the same: of codes, titles and descriptions. */
  fingerprint: string;
  codes: PackedStrings;
  titles: PackedStrings;
  descriptions: PackedStrings;
  /** Other names of entries: what an encoder can be fine-tuned on. */
  alternates: KnownTitles;
  /** Titles that people gave for themselves, kept for measuring; none in most taxonomies. */
  reported: KnownTitles;
}

/** A taxonomy with what the page says of its files. */
export interface TaxonomyFile {
  taxonomy: Taxonomy;
  /** Of the table with the entries. */
  columns: string[];
  chosen: TaxonomyColumns;
  /** Entries without a description. */
  undescribed: number;
  /** In words: rows that were left out, files that were not used. */
  notes: string[];
}

/** What ranks the entries. `both` is the sum of the two. */
export const scorings = ['both', 'encoder', 'words'] as const;
export type Scoring = (typeof scorings)[number];

/** The best entries of each title, best first. */
export interface Matches {
  /** Entries a title. */
  count: number;
  /** titles x count */
  entries: Uint32Array<ArrayBuffer>;
  /** titles x count: means of the cosines that were added up, from -1 to 1. */
  scores: Float32Array<ArrayBuffer>;
}

/** Matches beside their titles, as they are written to a file. */
export interface MatchTable {
  titles: PackedStrings;
  matches: Matches;
  codes: PackedStrings;
  names: PackedStrings;
}

/** What embeds titles: an encoder as it is, or one that was fine-tuned here. */
export type MatchingEncoder = EncoderSource | { kind: 'tuned'; id: string };

export interface OpenedTaxonomy {
  entries: number;
  /** The embeddings were kept from an earlier visit. */
  cached: boolean;
  seconds: number;
  device: DeviceReport;
}

export interface MatchingConfig {
  epochs: number;
  /** Entries a step, each against all others. */
  batchEntries: number;
  /** Titles of each entry in a step. */
  titlesPerEntry: number;
  /** Titles of each entry in an epoch at most, drawn anew for each epoch. */
  titlesPerEpoch: number;
  /** Peak learning rate of AdamW. */
  learningRate: number;
  /** Cosines are divided by it. */
  temperature: number;
  /** Titles and descriptions are cut to this many tokens in training. */
  maxTokens: number;
  seed: number;
}

export const defaultMatchingConfig: MatchingConfig = {
  epochs: 5,
  batchEntries: 64,
  titlesPerEntry: 4,
  titlesPerEpoch: 16,
  learningRate: 3e-4,
  temperature: 0.05,
  maxTokens: 64,
  seed: 42,
};

/** Shares of the questions whose first, or one of the first five, is right; means over the entries asked for. */
export interface MatchingFigures {
  top1: Interval;
  top5: Interval;
  /** Macro, of the first answers. */
  precision: Interval;
  recall: Interval;
  f1: Interval;
}

/** Questions of entries whose other titles were trained on, and of entries that training never saw a title of. */
export const questionGroups = ['seen', 'unseen'] as const;
export type QuestionGroup = (typeof questionGroups)[number];

export interface MatchingRow {
  scoring: Scoring;
  /** Before fine-tuning or after; words alone are the same in both. */
  when: 'before' | 'after';
  group: QuestionGroup;
  questions: number;
  /** Entries that the questions are of. */
  entries: number;
  figures: MatchingFigures;
}

/** One table before and after. */
export interface MatchingReport {
  rows: MatchingRow[];
  /** What was asked: titles that people reported, or other names kept from training. */
  questions: 'reported' | 'alternates';
  /** Among so many entries. */
  entries: number;
  /** Pairs of title and entry to learn from. */
  trainTitles: number;
  /** Other names that were left out of training: too near to a question, or of an entry that is kept from it. */
  leftOut: number;
  /** What must be known to read the figures. */
  notes: string[];
}

/** An encoder that was fine-tuned here and is kept in this browser. */
export interface TunedEncoder {
  id: string;
  name: string;
  createdAt: number;
  /** The encoder it came from. */
  encoderName: string;
  taxonomyName: string;
  config: MatchingConfig;
  epochsDone: number;
  seconds: number;
  report: MatchingReport | null;
}

export type MatchingEvent =
  | { type: 'phase'; message: string; fraction: number | null }
  | { type: 'started'; totalSteps: number; trainTitles: number; questions: number }
  | { type: 'step'; step: number; epoch: number; loss: number; secondsLeft: number | null }
  | { type: 'notice'; message: string };

export interface TuningRequest {
  config: MatchingConfig;
  /** Of the encoder that will come of it. */
  name: string;
  /** Of the one that it comes from. */
  encoderName: string;
  /** What it holds a lock under while it runs, see `runLocks.ts`. */
  lock: string;
}

/** Measured before training and after, or stopped before there was anything to keep. */
export interface MatchingResult {
  tuned: TunedEncoder | null;
  report: MatchingReport;
  /** Ended by hand. */
  stopped: boolean;
  /** Why it could not be kept beyond this visit. */
  notKept: { code: ErrorCode; message: string } | null;
}
