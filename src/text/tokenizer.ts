/**
 * Titles -> token ids, through the Hugging Face library and a folder's own `tokenizer.json`. The library neither truncates nor packs:
 * that is done here.
 */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';

export interface Tokenizer {
  /** One more than the largest token id: rows that an embedding table must have. */
  readonly vocabSize: number;
  /**
   * Token ids of one title with the special tokens of the model around them. A longer title is cut to `maxTokens` in all; the
   * closing special token stays.
   */
  encode(title: string, maxTokens: number): number[];
  /** The same for many titles, packed end to end. */
  encodeMany(titles: readonly string[], maxTokens: number): TokenisedTitles;
}

/** Ids beyond this are a damaged file: the largest real vocabularies (mT5, XLM-V) stay under a million. */
const maxTokenId = 2_000_000;

/**
 * Builds the tokeniser that a `tokenizer.json` describes.
 * @param json parsed `tokenizer.json`
 * @param config parsed `tokenizer_config.json`, where there is one
 * @throws RungError `model-unsupported` when it is not one that the library can run.
 */
export function loadTokenizer(json: unknown, config?: unknown): Tokenizer {
  const description = checkDescription(json);
  const settings = isRecord(config) ? config : {};
  let library: HuggingFaceTokenizer;
  let vocabSize = 0;
  let outer: number[];
  let inner: number[];
  try {
    library = new HuggingFaceTokenizer(description, settings);
    for (const id of library.get_vocab().values()) vocabSize = Math.max(vocabSize, id + 1);
    outer = library.encode('a').ids;
    inner = library.encode('a', { add_special_tokens: false }).ids;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw unsupported(`it describes a tokeniser that cannot be run here (${reason}).`, error);
  }
  const before = findInside(inner, outer);

  const prefix = outer.slice(0, before);
  const suffix = outer.slice(before + inner.length);
  const byWord = isWordwise(description) ? cachedByWord(library) : null;

  const encode = (title: string, maxTokens: number): number[] => {
    const text = shorten(title, maxTokens);
    const ids =
      byWord && printableAscii.test(text) ? [...prefix, ...byWord(text), ...suffix] : encodeWhole(library, text);
    if (ids.length <= maxTokens) return ids;
    const kept = ids.slice(0, Math.max(prefix.length, maxTokens - suffix.length));
    return suffix.length ? kept.concat(ids.slice(-suffix.length)) : kept;
  };
  return { vocabSize, encode, encodeMany: (titles, maxTokens) => pack(titles, maxTokens, encode) };
}

function encodeWhole(library: HuggingFaceTokenizer, text: string): number[] {
  const { ids } = library.encode(text);
  // A BPE vocabulary without an unknown token has no id for a character it never saw: such characters are left out, as in Hugging Face's own.
  return ids.every((id) => id !== undefined) ? ids : ids.filter((id) => id !== undefined);
}

const printableAscii = /^[ -~]*$/;

/** Whether ASCII text is the same tokens word by word as in one piece: so in BERT's scheme, which splits at white space first. */
function isWordwise({ model, normalizer, pre_tokenizer: preTokenizer, added_tokens: added }: Description): boolean {
  return (
    model.type === 'WordPiece' &&
    isRecord(normalizer) &&
    normalizer.type === 'BertNormalizer' &&
    isRecord(preTokenizer) &&
    preTokenizer.type === 'BertPreTokenizer' &&
    added.every((token) => isRecord(token) && typeof token.content === 'string' && !token.content.includes(' '))
  );
}

const maxCachedWords = 50_000;

/** Titles share most words: remembering each word's tokens made 200,000 titles take 1.1 s instead of 7.5 s (measured). */
function cachedByWord(library: HuggingFaceTokenizer): (text: string) => number[] {
  const cache = new Map<string, number[]>();
  return (text) => {
    const all: number[] = [];
    for (const word of text.split(' ')) {
      let ids = cache.get(word);
      if (!ids) {
        ids = library.encode(word, { add_special_tokens: false }).ids;
        if (cache.size >= maxCachedWords) cache.clear();
        cache.set(word, ids);
      }
      for (const id of ids) all.push(id);
    }
    return all;
  };
}

function pack(
  titles: readonly string[],
  maxTokens: number,
  encode: (title: string, maxTokens: number) => number[],
): TokenisedTitles {
  const starts = new Uint32Array(titles.length + 1);
  let ids = new Int32Array(Math.max(64, titles.length * 12));
  let at = 0;
  for (let i = 0; i < titles.length; i++) {
    const title = encode(titles[i], maxTokens);
    if (at + title.length > ids.length) {
      const larger = new Int32Array(Math.max(ids.length * 2, at + title.length));
      larger.set(ids);
      ids = larger;
    }
    ids.set(title, at);
    at += title.length;
    starts[i + 1] = at;
  }
  return { ids: ids.slice(0, at), starts };
}

/**
 * What can matter of a very long text. Tokenising costs the square of a word's length in some models, so a pasted book must not
 * reach it; 32 characters a token is several times what any language needs.
 */
function shorten(text: string, maxTokens: number): string {
  const limit = Math.max(1024, maxTokens * 32);
  if (text.length <= limit) return text;
  const dense = text.slice(0, limit * 8).replace(/\s+/g, ' ');
  if (dense.length <= limit) return dense;
  const space = dense.lastIndexOf(' ', limit);
  if (space > limit - 128) return dense.slice(0, space);
  // Half a surrogate pair would become another character.
  return dense.slice(0, /[\uD800-\uDBFF]/.test(dense[limit - 1]) ? limit - 1 : limit);
}

/** Where `inner` stands in `outer`; all before it when it is not there. */
function findInside(inner: number[], outer: number[]): number {
  for (let at = 0; at + inner.length <= outer.length; at++) {
    if (inner.every((id, i) => outer[at + i] === id)) return at;
  }
  return outer.length - inner.length;
}

function unsupported(what: string, cause?: unknown): RungError {
  return new RungError(
    'model-unsupported',
    `Reading tokenizer.json: ${what}`,
    'Use the tokenizer.json that Hugging Face saves beside the model (`tokenizer.save_pretrained(folder)`).',
    { cause },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Description extends Record<string, unknown> {
  model: Record<string, unknown>;
  added_tokens: unknown[];
}

/** Checks what the library takes for granted: it would otherwise fail later, or reserve memory for any id that a damaged file names. */
function checkDescription(json: unknown): Description {
  if (!isRecord(json)) throw unsupported('expected a JSON object.');
  const { model, added_tokens: added = [] } = json;
  if (!isRecord(model)) throw unsupported('expected an entry "model" that holds the vocabulary.');
  // The library takes any other type for one of its own legacy ones and returns nonsense.
  if (typeof model.type === 'string' && !['WordPiece', 'BPE', 'Unigram'].includes(model.type)) {
    throw unsupported(`expected a model of type WordPiece, BPE or Unigram, got ${model.type.slice(0, 40)}.`);
  }
  if (!Array.isArray(added)) throw unsupported('expected "added_tokens" to be a list.');
  const checkId = (token: unknown, id: unknown): void => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > maxTokenId) {
      throw unsupported(`token ${JSON.stringify(token)} has the id ${JSON.stringify(id)}; expected a whole number.`);
    }
  };
  if (isRecord(model.vocab)) {
    for (const [token, id] of Object.entries(model.vocab)) checkId(token, id);
  } else if (!Array.isArray(model.vocab)) {
    throw unsupported('expected the vocabulary "model.vocab" to be an object or a list.');
  }
  for (const token of added) checkId(isRecord(token) ? token.content : token, isRecord(token) ? token.id : null);
  return {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...json,
    model,
    added_tokens: added,
  };
}
