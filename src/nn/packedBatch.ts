/**
 * Titles laid end to end as one row of tokens: no padding between them, no mask. `N` is the number of token slots, rounded up so that
 * few different buffer sizes occur; the slots past the last token attend only to themselves and reach no output.
 */
import { tensor1d, tensor2d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { TokenisedTitles } from '../shared/arrays.ts';

/** Rows of `PackedBatch.tokens`. */
export const tokenRows = { word: 0, position: 1, begin: 2, end: 3, title: 4 } as const;

export interface PackedBatch {
  /** int32 [5, N]: word row, position row, first token of its title, end of its title, title it is the first token of (else -1). */
  tokens: Tensor2D;
  /** int32 [B]: first token of each title. */
  firsts: Tensor1D;
  /** int32 [words + 1 + N]: where each word row's tokens begin, then tokens ordered by word row. Null in a batch that is not trained on. */
  byWord: Tensor1D | null;
  /** The same for position rows; null too where there is no table of positions. */
  byPosition: Tensor1D | null;
  /** Token slots. */
  N: number;
  /** Titles. */
  B: number;
  /** Tokens of the longest title. */
  longest: number;
}

/** Slots are a multiple of this. */
const slotMultiple = 32;

/** How token ids map to rows of the tables on the device. */
export interface TableRows {
  /** Row of the word table for each vocabulary id. */
  wordRow: Int32Array;
  /** Rows of the word table. */
  words: number;
  /** Rows of the position table: the k-th token of a title takes the k-th of them. 0: there is none. */
  positions: number;
}

/** Numbers of one batch before they go to the device. */
export interface HostBatch {
  tokens: Int32Array<ArrayBuffer>;
  firsts: Int32Array<ArrayBuffer>;
  N: number;
  B: number;
  longest: number;
}

/** Lays the titles at `indices` end to end. */
export function packTitles(titles: TokenisedTitles, indices: ArrayLike<number>, rows: TableRows): HostBatch {
  const B = indices.length;
  let used = 0;
  for (let i = 0; i < B; i++) used += titles.starts[indices[i] + 1] - titles.starts[indices[i]];
  const N = Math.max(1, Math.ceil(used / slotMultiple)) * slotMultiple;
  const tokens = new Int32Array(5 * N);
  const firsts = new Int32Array(B);
  tokens.fill(-1, tokenRows.title * N);
  let at = 0;
  let longest = 0;
  for (let i = 0; i < B; i++) {
    const from = titles.starts[indices[i]];
    const length = titles.starts[indices[i] + 1] - from;
    firsts[i] = at;
    longest = Math.max(longest, length);
    tokens[tokenRows.title * N + at] = i;
    for (let k = 0; k < length; k++) {
      tokens[tokenRows.word * N + at + k] = rows.wordRow[titles.ids[from + k]];
      tokens[tokenRows.position * N + at + k] = k;
      tokens[tokenRows.begin * N + at + k] = at;
      tokens[tokenRows.end * N + at + k] = at + length;
    }
    at += length;
  }
  for (; at < N; at++) {
    tokens[tokenRows.begin * N + at] = at;
    tokens[tokenRows.end * N + at] = at + 1;
  }
  return { tokens, firsts, N, B, longest };
}

/** Token slots ordered by table row (a counting sort), headed by where each row's tokens begin: [rows + 1 + slots]. */
export function orderByRow(rowOfSlot: Int32Array, rows: number): Int32Array<ArrayBuffer> {
  const sorted = new Int32Array(rows + 1 + rowOfSlot.length);
  for (const row of rowOfSlot) sorted[row + 1]++;
  for (let row = 0; row < rows; row++) sorted[row + 1] += sorted[row];
  const next = sorted.slice(0, rows);
  for (let slot = 0; slot < rowOfSlot.length; slot++) sorted[rows + 1 + next[rowOfSlot[slot]]++] = slot;
  return sorted;
}

/** Puts a batch on the device. The caller disposes of it with `disposeBatch`. */
export function uploadBatch(host: HostBatch, rows: TableRows, training: boolean): PackedBatch {
  const { tokens, firsts, N, B, longest } = host;
  const sorted = (row: number, count: number): Tensor1D =>
    tensor1d(orderByRow(tokens.subarray(row * N, (row + 1) * N), count), 'int32');
  return {
    tokens: tensor2d(tokens, [5, N], 'int32'),
    firsts: tensor1d(firsts, 'int32'),
    byWord: training ? sorted(tokenRows.word, rows.words) : null,
    byPosition: training && rows.positions > 0 ? sorted(tokenRows.position, rows.positions) : null,
    N,
    B,
    longest,
  };
}

export function disposeBatch(batch: PackedBatch): void {
  batch.tokens.dispose();
  batch.firsts.dispose();
  batch.byWord?.dispose();
  batch.byPosition?.dispose();
}
