/** Writes the bench's batches as JSON, for `pytorch.py`: `node tools/run.mjs bench/batches.ts FILE [STEPS]`. */
import { writeFile } from 'node:fs/promises';
import { batchSize, trainingBatches } from './lengths.ts';

export async function main([file, steps = '60']: string[]): Promise<number> {
  if (!file) {
    console.error('Usage: node tools/run.mjs bench/batches.ts FILE [STEPS]');
    return 2;
  }
  const { titles, batches } = trainingBatches(Number(steps));
  const { ids, starts, labels, labelCount } = titles;
  const listed = batches.map((indices) => ({
    ids: Array.from(indices, (i) => [...ids.subarray(starts[i], starts[i + 1])]),
    labels: Array.from(indices, (i) => [...labels.subarray(i * labelCount, (i + 1) * labelCount)]),
  }));
  await writeFile(file, JSON.stringify({ batchSize, labelCount, batches: listed }));
  return 0;
}
