/** The recipe "Level and area": what its page, its data side and its engine tell each other. */
import type { PackedStrings } from './strings.ts';
import { shippedEncoder, type Backend, type EncoderSource, type SplitReport } from './training.ts';

/** The two answers to a title. */
export const heads = ['level', 'area'] as const;
export type Head = (typeof heads)[number];
export type PerHead<T> = Record<Head, T>;

export interface KeywordClass {
  name: string;
  /** Words or phrases that name it; case, punctuation and a plural s do not matter. */
  keywords: string[];
  /** First two digits of the official codes that fall under it; empty where there are none. */
  codes: string[];
}

/** What decides where keywords of several classes stand in one title. */
export const conflictPolicies = ['longest', 'order', 'leave-out'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

export interface KeywordMap {
  classes: KeywordClass[];
  conflicts: ConflictPolicy;
}

/** The 20 sectors of NAICS 2022 and the 23 major groups of SOC 2018. */
export const areaSchemes = ['naics', 'soc'] as const;
export type AreaScheme = (typeof areaSchemes)[number];

export const invalidReasons = [
  'empty',
  'placeholder',
  'html',
  'address',
  'digits',
  'symbols',
  'repeated-letters',
  'too-short',
  'too-long',
] as const;
export type InvalidReason = (typeof invalidReasons)[number];

/** Where true labels stand, and what each class is called there. */
export interface TruthSettings {
  /** 0-based. */
  column: number;
  /** By class; null: the file has no such label. Several classes may share one. Cells that begin with a code of the scheme need no names. */
  names: (string | null)[];
}

export interface LabellingSettings {
  titleColumn: number;
  maps: PerHead<KeywordMap>;
  truth: PerHead<TruthSettings | null>;
}

/** A file of titles that has been read. */
export interface LevelAreaFile {
  name: string;
  rows: number;
  columns: string[];
  titleColumn: number;
}

export interface KeywordCount {
  keyword: string;
  /** Position in the map. */
  class: number;
  /** Titles that hold it. */
  titles: number;
  /** Titles in which it stands only inside a longer keyword. */
  inside: number;
  /** Titles whose class it decided. */
  decided: number;
  /** Titles in which a keyword of another class stands too. */
  conflicts: number;
}

export interface ConflictCount {
  /** Positions in the map, ascending. */
  classes: number[];
  titles: number;
  example: string;
  /** What the example's keywords came to; null: left out. */
  outcome: number | null;
}

export interface HeadLabelling {
  keywords: KeywordCount[];
  conflicts: ConflictCount[];
  /** Titles by class. */
  classTitles: number[];
  /** Titles without a keyword. */
  without: number;
  /** Titles with keywords of several classes, and how many of these were left out. */
  conflicting: number;
  leftOut: number;
  /** A few titles without a keyword. */
  examples: string[];
  /** Values of the column of true labels, most frequent first; null: none chosen, or the column holds codes. */
  truthValues: { value: string; rows: number }[] | null;
  /** Titles that have a true label with a class. */
  truthTitles: number;
}

/** What the filter and the keywords did to a file. */
export interface Labelling {
  rows: number;
  /** Valid, and each title once. */
  titles: number;
  repeated: number;
  invalid: { reason: InvalidReason; rows: number; examples: string[] }[];
  heads: PerHead<HeadLabelling>;
}

/** Labels of the titles for one head. */
export interface HeadLabels {
  classNames: string[];
  /** Class by the keywords; -1: none. */
  weak: Int16Array<ArrayBuffer>;
  /** Names of the true labels and which of them each title has; -1: none. Null: the file has no true labels. */
  truth: {
    names: string[];
    of: Int16Array<ArrayBuffer>;
    /** True label that each class stands for; -1: none. */
    ofClass: number[];
  } | null;
}

/** What goes to training: each valid title once. */
export interface LevelAreaDataset {
  name: string;
  titles: PackedStrings;
  /** The same titles with the deciding keywords taken out; '' where nothing is left. */
  hidden: PerHead<PackedStrings>;
  /** Near-duplicate group of each title. */
  groups: Uint32Array<ArrayBuffer>;
  labels: PerHead<HeadLabels>;
  maps: PerHead<KeywordMap>;
  fingerprint: string;
}

/** How class weights go with how rare a class is: not at all, with the root of it, or in full. */
export const classWeightKinds = ['none', 'sqrt', 'balanced'] as const;
export type ClassWeightKind = (typeof classWeightKinds)[number];

export interface LevelAreaConfig {
  encoder: EncoderSource;
  /** Null: the best there is. */
  backend: Backend | null;
  hidden: number;
  blocks: number;
  dropout: number;
  learningRate: number;
  weightDecay: number;
  batchSize: number;
  epochs: number;
  /** Epochs without a lower validation loss after which it stops. */
  patience: number;
  classWeights: ClassWeightKind;
  /** Share of the steps' titles that are shown without their deciding keyword; 0: never. */
  hiding: number;
  seed: number;
}

export interface LevelAreaEpoch {
  epoch: number;
  trainLoss: number;
  validationLoss: number;
}

export type LevelAreaEvent =
  { type: 'phase'; message: string; fraction: number | null } | { type: 'epoch'; epoch: LevelAreaEpoch; of: number };

/** Figures of one head on test titles: the only answer a title gets is the most probable class. */
export interface HeadReport {
  /** With the class that the keywords gave, on titles that they decided: no accuracy. Null without such titles. */
  agreement: SplitReport | null;
  /** Against true labels; null where the file has none. */
  truth: {
    all: SplitReport;
    /** On test titles that the keywords decided, and what the keywords reach there themselves. */
    decided: SplitReport | null;
    keywords: SplitReport | null;
    /** On test titles that the keywords left open. */
    undecided: SplitReport | null;
  } | null;
}

/** A trained network with all that it takes to use it, but for the encoder and the weights. */
export interface LevelAreaModel {
  id: string;
  name: string;
  createdAt: number;
  version: string;
  encoder: { source: EncoderSource; fingerprint: string; dim: number };
  config: LevelAreaConfig;
  maps: PerHead<KeywordMap>;
  data: { name: string; fingerprint: string; titles: number; trained: number; validation: number; test: number };
  epochs: LevelAreaEpoch[];
  bestEpoch: number;
  stopped: boolean;
  seconds: number;
  backend: Backend;
  report: PerHead<HeadReport>;
}

/** Probabilities of titles, each titles x classes. */
export type LevelAreaAnswers = PerHead<Float32Array<ArrayBuffer>>;

export const defaultLevelAreaConfig: LevelAreaConfig = {
  encoder: shippedEncoder,
  backend: null,
  hidden: 256,
  blocks: 2,
  dropout: 0.2,
  learningRate: 1e-3,
  weightDecay: 0.01,
  batchSize: 64,
  epochs: 40,
  patience: 4,
  classWeights: 'sqrt',
  hiding: 0,
  seed: 42,
};
