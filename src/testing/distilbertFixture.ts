/** Reads the DistilBERT fixture (see its README) in a browser test. */
import { readSafetensors } from '../formats/safetensors.ts';
import { parseModelConfig } from '../models/model.ts';
import type { Examples, NamedArrays } from '../shared/arrays.ts';
import configJson from './fixtures/distilbert/config.json';
import expected from './fixtures/distilbert/expected.json';
import inputs from './fixtures/distilbert/inputs.json';

const files = import.meta.glob<string>('./fixtures/distilbert/*.safetensors', { query: '?url', import: 'default' });

interface PaddedBatch {
  input_ids: number[][];
  attention_mask: number[][];
  labels: number[][];
}

/** Titles without their padding. */
export function examplesOf(batch: PaddedBatch): Examples {
  const rows = batch.input_ids.map((ids, row) => ids.filter((_, at) => batch.attention_mask[row][at] === 1));
  const starts = new Uint32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) starts[i + 1] = starts[i] + row.length;
  const labels = Uint8Array.from(batch.labels.flat());
  return { ids: Int32Array.from(rows.flat()), starts, labels, labelCount: batch.labels[0].length };
}

/** Tensors of one file, without the `.safetensors`. */
export async function fixtureTensors(name: string): Promise<NamedArrays> {
  const url = files[`./fixtures/distilbert/${name}.safetensors`];
  if (!url) throw new Error(`No fixture ${name}; there are ${Object.keys(files).join(', ')}`);
  const response = await fetch(await url());
  return readSafetensors(await response.blob(), name);
}

export const fixture = {
  config: parseModelConfig(configJson),
  main: examplesOf(inputs.main),
  batches: inputs.train_batches.map(examplesOf),
  posWeight: inputs.pos_weight,
  expected,
};
