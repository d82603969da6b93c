import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { loadTokenizer } from './tokenizer.ts';
import { tokenizerJsonOfFolder, wordPieceTokenizerJson } from './tokenizerFiles.ts';

const vocab = '[PAD] [UNK] [CLS] [SEP] [MASK] a b c vice president ##ident pres manage ##r & , 1 ##a'.split(' ');
const id = (token: string): number => vocab.indexOf(token);
const small = loadTokenizer(wordPieceTokenizerJson(vocab, { lowercase: true }));

const shared = '../shared/data/tokenizers';

function folder(name: string): unknown {
  return tokenizerJsonOfFolder((file) => {
    const path = `${shared}/${name}/${file}`;
    return existsSync(path) ? readFileSync(path) : undefined;
  });
}

type Vectors = Record<string, Record<string, { text: string; text_pair?: string; ids: number[] }>>;
const hasVectors = existsSync(`${shared}/test-vectors.json`);
const allVectors: Vectors = hasVectors ? JSON.parse(readFileSync(`${shared}/test-vectors.json`, 'utf8')) : {};

/** The vectors that Hugging Face's own tokenisers made; text pairs do not occur here. */
function vectors(model: string): { text: string; ids: number[] }[] {
  return Object.values(allVectors[model]).filter((vector) => vector.text_pair === undefined);
}

/** Models that have another's vocabulary. */
const vocabularyOf: Record<string, string> = {
  'distilbert-base-uncased-finetuned-sst-2-english': 'bert-base-uncased',
  'all-distilroberta-v1': 'roberta-base',
};
const models = Object.keys(allVectors).map((model) => {
  const name = model.split('/').at(-1) ?? model;
  return { model, name: vocabularyOf[name] ?? name };
});
const checked = models.filter(({ name }) => existsSync(`${shared}/${name}`));
const unchecked = models.filter(({ name }) => !existsSync(`${shared}/${name}`)).map(({ model }) => model);
const rows: Record<string, number> = { 'bert-base-uncased': 30522, 'roberta-base': 50265 };

describe.skipIf(!hasVectors)('against ids made by Hugging Face', () => {
  it.each(checked)('$model', ({ model, name }) => {
    const tokenizer = loadTokenizer(folder(name));
    expect(tokenizer.vocabSize).toBe(rows[name] ?? tokenizer.vocabSize);
    const cases = vectors(model);
    expect(cases.length).toBeGreaterThan(5);
    for (const { text, ids } of cases) expect([text, tokenizer.encode(text, 512)]).toEqual([text, ids]);
  });

  it('there are at least a WordPiece and a byte-level BPE vocabulary to check with', () => {
    expect(new Set(checked.map(({ name }) => name))).toContain('bert-base-uncased');
    expect(new Set(checked.map(({ name }) => name))).toContain('roberta-base');
  });

  it.skipIf(unchecked.length > 0)(`every vocabulary is at hand; missing: ${unchecked.join(', ')}`, () => {
    expect(unchecked).toEqual([]);
  });

  it('gives the same ids word by word as in one piece', () => {
    const tokenizer = loadTokenizer(folder('bert-base-uncased'));
    const ascii = fc.string({
      unit: fc.constantFrom(...'abcdeEXAMPLEtion  -/&.,()[]SEPMASK019'.split('')),
      maxLength: 60,
    });
    fc.assert(
      fc.property(ascii, (title) => {
        // The zero-width joiner is removed by the normaliser, but keeps the title off the ASCII path.
        expect(tokenizer.encode(title, 512)).toEqual(tokenizer.encode(`${title}\u200d`, 512));
      }),
      { numRuns: 1000, examples: [['[SEP]a [MASK] b'], ['  x  y  ']] },
    );
  });

  it('makes the same tokeniser from vocab.txt as from tokenizer.json', () => {
    const text = readFileSync(`${shared}/bert-base-uncased/vocab.txt`);
    const made = loadTokenizer(tokenizerJsonOfFolder((file) => (file === 'vocab.txt' ? text : undefined)));
    for (const { text: title, ids } of vectors('Xenova/bert-base-uncased'))
      expect(made.encode(title, 512)).toEqual(ids);
  });
});

describe('encode', () => {
  it('puts the special tokens around the WordPieces', () => {
    expect(small.encode('Vice  PRESIDENT & manager, 1', 64)).toEqual(
      ['[CLS]', 'vice', 'president', '&', 'manage', '##r', ',', '1', '[SEP]'].map(id),
    );
    expect(small.encode('', 64)).toEqual([id('[CLS]'), id('[SEP]')]);
    expect(small.encode('\u0000 \t', 64)).toEqual([id('[CLS]'), id('[SEP]')]);
    expect(small.encode('Käse', 64)).toEqual(['[CLS]', '[UNK]', '[SEP]'].map(id));
  });

  it('cuts a long title and keeps the closing token', () => {
    expect(small.encode('a b c a b c', 5)).toEqual(['[CLS]', 'a', 'b', 'c', '[SEP]'].map(id));
    expect(small.encode('a b c', 5)).toEqual(['[CLS]', 'a', 'b', 'c', '[SEP]'].map(id));
    expect(small.encode('a b c', 2)).toEqual(['[CLS]', '[SEP]'].map(id));
  });

  it('has the same first tokens however long the rest is', () => {
    const text = 'a vice president, b c 1 '.repeat(5000);
    expect(small.encode(text, 64)).toEqual(small.encode(text.slice(0, 600), 64));
  });

  it.each([
    ['one word', 'a'.repeat(1_000_000)],
    ['words', 'vice president '.repeat(70_000)],
    ['white space', `a${' \n'.repeat(500_000)}b`],
    ['punctuation', '<>'.repeat(500_000)],
    ['emoji', '👩‍💻'.repeat(200_000)],
  ])('takes a million characters of %s, for which time by the square would run out', (_, title) => {
    const ids = small.encode(title, 64);
    expect(ids.length).toBeLessThanOrEqual(64);
    expect([ids[0], ids.at(-1)]).toEqual([id('[CLS]'), id('[SEP]')]);
  });

  it('gives valid ids within the limit for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 20 }), (title, limit) => {
        const ids = small.encode(title, limit);
        expect(ids.length).toBeLessThanOrEqual(limit);
        expect([ids[0], ids.at(-1)]).toEqual([id('[CLS]'), id('[SEP]')]);
        expect(ids.every((token) => Number.isInteger(token) && token >= 0 && token < vocab.length)).toBe(true);
      }),
    );
  });
});

describe('encodeMany', () => {
  it('packs titles end to end', () => {
    const titles = ['a b', '', 'Vice President', 'c '.repeat(500)];
    const { ids, starts } = small.encodeMany(titles, 16);
    expect([...starts]).toEqual([0, 4, 6, 10, 26]);
    expect([...ids]).toEqual(titles.flatMap((title) => small.encode(title, 16)));
  });

  it('takes no titles', () => {
    expect(small.encodeMany([], 16)).toEqual({ ids: new Int32Array(0), starts: new Uint32Array(1) });
  });
});

describe('a tokeniser that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    ['null', null, /expected a JSON object/],
    ['no model', {}, /entry "model"/],
    ['no vocabulary', { model: { type: 'WordPiece' } }, /"model.vocab"/],
    [
      'an id that would fill the memory',
      { model: { type: 'WordPiece', vocab: { a: 4e9 } } },
      /"a" has the id 4000000000/,
    ],
    ['a negative id', { model: { type: 'WordPiece', vocab: { a: -1 } } }, /"a" has the id -1/],
    ['an added token without id', { model: { vocab: {} }, added_tokens: [{ content: 'x' }] }, /"x" has the id/],
    ['an unknown model', { model: { type: 'Nonsense', vocab: {} } }, /BPE or Unigram, got Nonsense/],
    ['an unknown step', { model: { type: 'WordPiece', vocab: {} }, normalizer: { type: 'Odd' } }, /cannot be run here/],
  ])('is refused: %s', (_, json, message) => {
    const load = (): unknown => loadTokenizer(json);
    expect(load).toThrow(RungError);
    expect(load).toThrow(message);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['an empty folder', {}, 'package-incomplete', /no tokenizer.json, no vocab.txt/],
    ['broken JSON', { 'tokenizer.json': '{' }, 'file-corrupt', /tokenizer.json: it is not valid JSON/],
    ['a vocabulary without [CLS]', { 'vocab.txt': 'a\nb' }, 'model-unsupported', /\[CLS\].* 2 lines/],
    ['no <s>', { 'vocab.json': '{"a":0}', 'merges.txt': '' }, 'model-unsupported', /<s>.* 1 tokens/],
  ])('folder: %s', (_, files, code, message) => {
    const bytes = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    const read = (): unknown => tokenizerJsonOfFolder((name) => bytes.get(name));
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});
