/** Batches as long as JobLevelData's: its titles' lengths as a histogram, the titles themselves made up. */
import type { Examples } from '../src/shared/arrays.ts';
import { Random } from '../src/shared/random.ts';
import { epochBatches } from '../src/training/batches.ts';

/**
 * Titles of JobLevelData with 0, 1, 2, ... WordPieces (bert-base-uncased, [CLS] and [SEP] counted), measured once: 2,240 titles, mean
 * 7.6, longest 21.
 */
const titlesOfLength = [0, 0, 0, 5, 80, 316, 440, 440, 326, 255, 142, 85, 48, 44, 20, 9, 11, 7, 3, 4, 1, 4];

/** Distinct WordPieces in JobLevelData. */
const distinctWords = 1491;

/** `count` titles with lengths of that distribution, over the ids 1000 .. 1000 + distinctWords, with random labels. */
export function drawnTitles(count: number, labelCount: number, seed: number): Examples {
  const random = new Random(seed);
  const all = titlesOfLength.reduce((sum, titles) => sum + titles, 0);
  const drawLength = (): number => {
    let left = random.int(all);
    return titlesOfLength.findIndex((titles) => (left -= titles) < 0);
  };
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) starts[i + 1] = starts[i] + drawLength();
  const ids = Int32Array.from({ length: starts[count] }, () => 1000 + random.int(distinctWords));
  const labels = Uint8Array.from({ length: count * labelCount }, () => (random.next() < 0.2 ? 1 : 0));
  return { ids, starts, labels, labelCount };
}

/** The titles from `from` to `to`. */
export function titlesBetween(examples: Examples, from: number, to: number): Examples {
  const { ids, starts, labels, labelCount } = examples;
  return {
    ids: ids.slice(starts[from], starts[to]),
    starts: starts.slice(from, to + 1).map((start) => start - starts[from]),
    labels: labels.slice(from * labelCount, to * labelCount),
    labelCount,
  };
}

export const batchSize = 32;
export const labelCount = 6;
/** Of the order in which the titles come. */
export const seed = 3;

/** The titles that `steps` steps train on, and which of them make up each. */
export function trainingBatches(steps: number): { titles: Examples; batches: Uint32Array[] } {
  const titles = drawnTitles(steps * batchSize, labelCount, 1);
  return { titles, batches: epochBatches(steps * batchSize, batchSize, seed, 1) };
}

/** The titles at `indices`, one behind the other. */
export function titlesAt({ ids, starts, labels, labelCount: C }: Examples, indices: Uint32Array): Examples {
  const chosen = Array.from(indices, (i) => ids.subarray(starts[i], starts[i + 1]));
  const ends = new Uint32Array(indices.length + 1);
  for (const [i, title] of chosen.entries()) ends[i + 1] = ends[i] + title.length;
  return {
    ids: Int32Array.from(chosen.flatMap((title) => Array.from(title))),
    starts: ends,
    labels: Uint8Array.from(Array.from(indices).flatMap((i) => Array.from(labels.subarray(i * C, (i + 1) * C)))),
    labelCount: C,
  };
}
