// Checks the folder that is shipped, not the script: what counts is that the page can use what lies in public/models.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../src/formats/safetensors.ts';
import { loadTokenizer } from '../src/text/tokenizer.ts';
import { encodeWord } from './wordPiece.ts';

const folder = 'public/models/rung-mini';
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const config: Record<string, number> = JSON.parse(read('config.json'));
const weights = await readSafetensors(new Blob([readFileSync(join(folder, 'model.safetensors'))]), 'model.safetensors');
const vocabulary = read('vocab.txt').trimEnd().split('\n');
const tokenizer = loadTokenizer(JSON.parse(read('tokenizer.json')), JSON.parse(read('tokenizer_config.json')));

/** BERT's scheme for ASCII, written apart from the library. */
function reference(title: string): number[] {
  const known = new Set(vocabulary);
  const words = title.toLowerCase().match(/[a-z0-9]+|[^a-z0-9\s]/g) ?? [];
  const pieces = words.flatMap((word) => encodeWord(word, known) ?? ['[UNK]']);
  return ['[CLS]', ...pieces, '[SEP]'].map((piece) => vocabulary.indexOf(piece));
}

describe('the shipped vocabulary', () => {
  it('has 8,000 different entries, the special ones first as in BERT', () => {
    expect(vocabulary.slice(0, 5)).toEqual(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']);
    expect(new Set(vocabulary).size).toBe(8000);
    expect(tokenizer.vocabSize).toBe(8000);
    expect(config.vocab_size).toBe(8000);
  });

  it('gives the ids of a plain WordPiece for any ASCII title', () => {
    const title = fc.array(
      fc.oneof(fc.constantFrom('Senior', 'VP', 'C++', 'Manager,', 'R&D', 'ciso'), fc.string({ maxLength: 12 })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(title, (words) => {
        const text = words.join(' ');
        expect(tokenizer.encode(text, 10_000)).toEqual(reference(text));
      }),
      { numRuns: 500 },
    );
  });

  it('knows the words of ranks as whole pieces', () => {
    const ranks = 'chief officer vice president director manager staff owner ceo cio ciso svp evp senior';
    expect(tokenizer.encode(ranks, 64)).toEqual(reference(ranks));
    expect(ranks.split(' ').filter((word) => !vocabulary.includes(word))).toEqual([]);
  });

  it('leaves no letter of European scripts unknown', () => {
    const unknown = vocabulary.indexOf('[UNK]');
    for (const title of [
      'Geschäftsführer',
      'Großhändler',
      'Środki',
      'Διευθυντής πωλήσεων',
      'Генеральный директор',
      'œuvre',
    ]) {
      expect([title, tokenizer.encode(title, 64).includes(unknown)]).toEqual([title, false]);
    }
  });
});

describe('the shipped weights', () => {
  it('have the names and shapes of a DistilBERT encoder with the layer that reads [CLS], and no classifier', () => {
    const { dim, hidden_dim: hidden, n_layers: layers, vocab_size: words, max_position_embeddings: positions } = config;
    const shapes: Record<string, number[]> = {
      'embeddings.word_embeddings.weight': [words, dim],
      'embeddings.position_embeddings.weight': [positions, dim],
      'embeddings.LayerNorm.weight': [dim],
      'embeddings.LayerNorm.bias': [dim],
    };
    for (let i = 0; i < layers; i++) {
      const layer = `transformer.layer.${i}`;
      for (const part of ['q', 'k', 'v', 'out']) {
        shapes[`${layer}.attention.${part}_lin.weight`] = [dim, dim];
        shapes[`${layer}.attention.${part}_lin.bias`] = [dim];
      }
      for (const norm of ['sa_layer_norm', 'output_layer_norm']) {
        shapes[`${layer}.${norm}.weight`] = [dim];
        shapes[`${layer}.${norm}.bias`] = [dim];
      }
      shapes[`${layer}.ffn.lin1.weight`] = [hidden, dim];
      shapes[`${layer}.ffn.lin1.bias`] = [hidden];
      shapes[`${layer}.ffn.lin2.weight`] = [dim, hidden];
      shapes[`${layer}.ffn.lin2.bias`] = [dim];
    }
    shapes['pre_classifier.weight'] = [dim, dim];
    shapes['pre_classifier.bias'] = [dim];
    const found = Object.fromEntries(
      [...weights].map(([name, { shape }]) => [name.replace(/^distilbert\./, ''), shape]),
    );
    expect(found).toEqual(shapes);
  });

  it('are finite, and no longer what they were drawn as', () => {
    for (const [name, { data }] of weights) {
      expect([name, data.every(Number.isFinite)]).toEqual([name, true]);
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const spread = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
      expect([name, spread > 0]).toEqual([name, true]);
    }
  });

  it('are listed with their true size, and small enough to ship', () => {
    const [entry, ...others] = JSON.parse(readFileSync('public/models/index.json', 'utf8'));
    const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ source: { kind: 'shipped', id: 'rung-mini' }, parameters });
    expect(entry.bytes).toBe(statSync(join(folder, 'model.safetensors')).size);
    const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(total).toBeLessThan(8_000_000);
  });

  it('come with a card that says how they were made, of whose texts, and how well they do', () => {
    const card = read('README.md');
    for (const text of [
      'npm run pretrain',
      'npm run eval',
      'Limits',
      'O*NET 27.0',
      'CC BY 4.0',
      'ESCO classification',
      'Apache-2.0',
      'MIT',
      'IPOD',
    ]) {
      expect(card).toContain(text);
    }
  });
});

const judged = '../shared/data/JobLevelData.csv';

it.skipIf(!existsSync(judged))('needs about as few tokens for real titles as a vocabulary four times as large', () => {
  const titles = Papa.parse<string[]>(readFileSync(judged, 'utf8'), { skipEmptyLines: true })
    .data.slice(1)
    .map(([title]) => title);
  const { ids } = tokenizer.encodeMany(titles, 64);
  expect(ids.length / titles.length).toBeLessThan(7.7);
  expect(ids.includes(vocabulary.indexOf('[UNK]'))).toBe(false);
});
