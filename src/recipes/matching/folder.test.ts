/** The folder of a fine-tuned encoder: read back as an encoder without a head, and what sentence-transformers looks for. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ModelFolder } from '../../formats/checkpoint.ts';
import { readModelZip } from '../../formats/package.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { writeZip } from '../../formats/zipWriter.ts';
import { initialParameters, isHead, parseModelConfig } from '../../models/model.ts';
import { defaultMatchingConfig } from '../../shared/matching.ts';
import { readEncoder } from '../encoder.ts';
import { tunedFolder } from './folder.ts';

const shipped = new URL('../../../public/models/rung-mini/', import.meta.url);
const file = (name: string): Blob => new Blob([readFileSync(new URL(name, shipped))]);
const json = {
  model_type: 'distilbert',
  architectures: ['DistilBertModel'],
  vocab_size: 8000,
  dim: 16,
  hidden_dim: 24,
  n_layers: 2,
  n_heads: 2,
};

it('is an encoder again, and says how titles are pooled', async () => {
  const config = parseModelConfig(json);
  const base: ModelFolder = new Map(
    ['tokenizer.json', 'tokenizer_config.json', 'vocab.txt'].map((name) => [name, file(name)]),
  );
  base.set('config.json', new Blob([JSON.stringify(json)]));
  const drawn = [...initialParameters(config, 1)].filter(([name]) => name.startsWith('distilbert.'));
  base.set('model.safetensors', new Blob([writeSafetensors(new Map(drawn), { dtype: 'F32' })]));
  const encoder = await readEncoder(base);
  const trained = initialParameters(config, 2);
  const tuned = {
    id: 'x',
    name: 'Mine *and* yours',
    createdAt: Date.UTC(2026, 0, 2),
    encoderName: 'Rung mini',
    taxonomyName: 'Occupation Data.txt',
    config: defaultMatchingConfig,
    epochsDone: 3,
    seconds: 5,
    report: null,
  };
  const folder = tunedFolder(encoder, trained, tuned, 128);
  const zip = await writeZip(new Map(Array.from(folder, ([name, bytes]) => [name, new Blob([bytes])])));
  const again = await readEncoder(await readModelZip(zip, 'tuned.zip'));
  expect(again.labelNames).toBeNull();
  expect(again.architecture).toMatchObject({ dim: 16, layers: 2 });
  const kept = [...trained].filter(([name]) => !isHead(config, name) && !name.startsWith('pre_classifier'));
  expect([...again.weights.keys()]).toEqual(kept.map(([name]) => name));
  for (const [name, { data }] of kept) expect(again.weights.get(name)?.data).toEqual(data);
  expect(again.tokenizer.encode('Night nurse', 16)).toEqual(encoder.tokenizer.encode('Night nurse', 16));

  const read = (name: string) => JSON.parse(new TextDecoder().decode(folder.get(name)));
  expect(read('config.json').architectures).toEqual(['DistilBertModel']);
  expect(read('config.json').id2label).toBeUndefined();
  expect(read('modules.json').map(({ path, type }: Record<string, string>) => [path, type.split('.').at(-1)])).toEqual([
    ['', 'Transformer'],
    ['1_Pooling', 'Pooling'],
    ['2_Normalize', 'Normalize'],
  ]);
  expect(read('1_Pooling/config.json')).toMatchObject({ word_embedding_dimension: 16, pooling_mode_mean_tokens: true });
  const card = new TextDecoder().decode(folder.get('README.md'));
  expect(card).toContain(String.raw`# Mine \*and\* yours`);
  expect(card).toContain('2026-01-02: 3 of 5 epochs');
});
