/** Titles as points on a plane, alike ones near each other. */
import type { PackedStrings } from './strings.ts';

/** What a run's model makes of titles. */
export interface TitleEmbeddings {
  /** titles x dim */
  vectors: Float32Array<ArrayBuffer>;
  dim: number;
  /** titles x labels */
  probabilities: Float32Array<ArrayBuffer>;
}

export interface MapRequest {
  titles: PackedStrings;
  /** Null: words and pieces of words, counted and reduced. */
  embeddings: { vectors: Float32Array<ArrayBuffer>; dim: number } | null;
  seed: number;
}

export interface MapProgress {
  message: string;
  fraction: number | null;
  /** Where the points are by now, x and y of each; null before they are anywhere. */
  positions: Float32Array<ArrayBuffer> | null;
}
