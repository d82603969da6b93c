import type { Dataset } from '../shared/dataset.ts';
import { unpackStrings } from '../shared/strings.ts';
import type { TestRow } from '../shared/training.ts';

/** Rows of a split with what was predicted, as they are kept. @param probabilities rows x labels */
export function testRows(dataset: Dataset, rows: Uint32Array, probabilities: Float32Array): TestRow[] {
  const labelCount = dataset.labelNames.length;
  const titles = unpackStrings(dataset.titles);
  return Array.from(rows, (row, i) => ({
    row: dataset.rowNumbers[row],
    title: titles[row],
    actual: Array.from(dataset.labels.subarray(row * labelCount, (row + 1) * labelCount), (held) => held === 1),
    probabilities: Array.from(probabilities.subarray(i * labelCount, (i + 1) * labelCount)),
    group: dataset.groups[row],
  }));
}
