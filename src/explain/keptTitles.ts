/** The training titles that are kept with a run, for "nearest training titles" and for words to put in: a bounded form of them. */
import type { Dataset } from '../shared/dataset.ts';
import type { KeptTitles } from '../shared/explanation.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';

/** Their embeddings take 60 MB at a hidden size of 768, and are computed in a few minutes on a processor. */
export const mostKeptTitles = 20_000;
const mostCharacters = 200;

/** The rows at `train`, or every so-manieth of them where there are more than 20,000; long titles are cut. */
export function keepTitles(dataset: Dataset, train: Uint32Array): KeptTitles {
  const labelCount = dataset.labelNames.length;
  const count = Math.min(train.length, mostKeptTitles);
  const rows = Uint32Array.from({ length: count }, (_, i) => train[Math.floor((i * train.length) / count)]);
  const all = unpackStrings(dataset.titles);
  const labels = new Uint8Array(count * labelCount);
  for (const [i, row] of rows.entries()) {
    labels.set(dataset.labels.subarray(row * labelCount, (row + 1) * labelCount), i * labelCount);
  }
  return {
    titles: packStrings(Array.from(rows, (row) => all[row].slice(0, mostCharacters))),
    labels,
    rows: rows.map((row) => dataset.rowNumbers[row]),
    total: train.length,
  };
}
