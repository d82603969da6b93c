import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { sentencePieceTokenizerJson } from './sentencePiece.ts';
import { loadTokenizer } from './tokenizer.ts';
import { tokenizerJsonOfFolder } from './tokenizerFiles.ts';

const folder = 'src/testing/fixtures/sentencepiece';
const model = new Uint8Array(readFileSync(`${folder}/spm.model`));
const options = { lowercase: false, splitByPunctuation: false };
const made = sentencePieceTokenizerJson(model, options);

it('gives the ids that sentencepiece gives, special tokens around them', () => {
  const cases: { text: string; ids: number[] }[] = JSON.parse(readFileSync(`${folder}/ids.json`, 'utf8'));
  expect(cases.length).toBeGreaterThan(50);
  const tokenizer = loadTokenizer(made);
  for (const { text, ids } of cases) expect([text, tokenizer.encode(text, 512)]).toEqual([text, ids]);
});

it('puts [MASK] behind the vocabulary, as transformers does', () => {
  expect(loadTokenizer(made).vocabSize).toBe(321);
  expect(loadTokenizer(made).encode('[MASK]', 9)).toEqual([1, 320, 2]);
});

it('is what a folder with nothing but spm.model is read with, its settings from tokenizer_config.json', () => {
  const files = new Map<string, Uint8Array>([['spm.model', model]]);
  expect(tokenizerJsonOfFolder((name) => files.get(name))).toEqual(made);
  files.set('tokenizer_config.json', new TextEncoder().encode('{"do_lower_case":true,"split_by_punct":true}'));
  const set = tokenizerJsonOfFolder((name) => files.get(name));
  expect(set).toEqual(sentencePieceTokenizerJson(model, { lowercase: true, splitByPunctuation: true }));
  expect(loadTokenizer(set).encode('Vice President', 64)).toEqual(loadTokenizer(made).encode('vice president', 64));
});

describe('a file that is none', () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ['empty', new Uint8Array(0), 'file-corrupt', /no pieces/],
    ['cut off', model.slice(0, 1000), 'file-corrupt', /\d+ bytes were expected, \d+ are left \(byte \d+\)/],
    ['a number without end', new Uint8Array(20).fill(0xff), 'file-corrupt', /does not end \(byte 10\)/],
    ['text', new TextEncoder().encode('hello world, hello'), 'file-corrupt', /spm.model/],
    [
      'another kind of model',
      Uint8Array.of(10, 3, 10, 1, 97, 18, 2, 24, 2),
      'model-unsupported',
      /unigram model \(1\).* type 2/,
    ],
    ['a vocabulary without [CLS]', Uint8Array.of(10, 3, 10, 1, 97), 'model-unsupported', /\[CLS\].* among its 1/],
  ])('is refused: %s', (_, bytes, code, message) => {
    const read = (): unknown => sentencePieceTokenizerJson(bytes, options);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code }));
  });

  it('never fails with anything but RungError', () => {
    const edits = fc.array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(model.length), edits, (length, changes) => {
        const damaged = model.slice(0, length);
        for (const [at, value] of changes) if (at < length) damaged[at] = value;
        let thrown: unknown = null;
        try {
          sentencePieceTokenizerJson(damaged, options);
        } catch (error) {
          thrown = error;
        }
        expect(thrown === null || thrown instanceof RungError).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
