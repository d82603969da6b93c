/**
 * `spm.model` -> `tokenizer.json`: the vocabulary of a SentencePiece unigram model, as DeBERTa-v3 has it on the Hub, in the form that
 * the tokenizers library runs. The steps are those of `DebertaV2Converter` in transformers (convert_slow_tokenizer.py); the file is a
 * protocol buffer, sentencepiece_model.proto of google/sentencepiece.
 */
import { RungError } from '../shared/errors.ts';
import { bertTemplate } from './bertTemplate.ts';

const fileName = 'spm.model';
const unigram = 1;

interface SentencePieceModel {
  pieces: [piece: string, score: number][];
  unknownId: number;
  /** What the normaliser replaces, compiled; empty where it leaves the text alone. */
  charsMap: Uint8Array;
}

export interface SentencePieceOptions {
  lowercase: boolean;
  splitByPunctuation: boolean;
}

/**
 * The parsed `tokenizer.json` of a unigram model whose vocabulary holds `[CLS]`, `[SEP]` and `[UNK]`; `[MASK]` is added behind it where
 * it is not in it, as transformers does.
 * @throws RungError `file-corrupt` with the byte, `model-unsupported` for another kind of model.
 */
export function sentencePieceTokenizerJson(bytes: Uint8Array, options: SentencePieceOptions): unknown {
  const { pieces, unknownId, charsMap } = readModel(bytes);
  const ids = new Map(pieces.map(([piece], id) => [piece, id]));
  const [cls, sep] = [ids.get('[CLS]'), ids.get('[SEP]')];
  if (cls === undefined || sep === undefined || ids.get('[UNK]') !== unknownId) {
    throw unsupported(`expected the pieces [CLS], [SEP] and [UNK] among its ${pieces.length}`);
  }
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].flatMap((content) => {
    const id = ids.get(content) ?? (content === '[MASK]' ? pieces.length : undefined);
    return id === undefined ? [] : [addedToken(content, id)];
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.toSorted((a, b) => a.id - b.id),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(options.lowercase ? [{ type: 'Lowercase' }] : []),
        { type: 'Strip', strip_left: true, strip_right: true },
        ...(charsMap.length > 0 ? [{ type: 'Precompiled', precompiled_charsmap: base64(charsMap) }] : []),
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...(options.splitByPunctuation ? [{ type: 'Punctuation', behavior: 'Isolated' }] : []),
        metaspace,
      ],
    },
    post_processor: bertTemplate(cls, sep),
    decoder: metaspace,
    model: { type: 'Unigram', unk_id: unknownId, vocab: pieces, byte_fallback: false },
  };
}

const metaspace = { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' };

function addedToken(content: string, id: number) {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return { id, content, ...flags };
}

function unsupported(what: string): RungError {
  return new RungError(
    'model-unsupported',
    `Reading ${fileName}: ${what}.`,
    'Add the tokenizer.json of the model to the folder (`AutoTokenizer.from_pretrained(folder).save_pretrained(folder)`).',
  );
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Field numbers of sentencepiece_model.proto. */
const fields = {
  model: { pieces: 1, trainer: 2, normalizer: 3 },
  piece: { text: 1, score: 2 },
  trainer: { kind: 3, unknownId: 40 },
  normalizer: { charsMap: 2 },
} as const;

function readModel(bytes: Uint8Array): SentencePieceModel {
  const model: SentencePieceModel = { pieces: [], unknownId: 0, charsMap: new Uint8Array(0) };
  let kind = unigram;
  for (const field of messageFields(bytes, 0)) {
    if (field.number === fields.model.pieces) model.pieces.push(readPiece(field));
    if (field.number === fields.model.trainer) {
      for (const { number, value } of messageFields(field.bytes, field.at)) {
        if (number === fields.trainer.kind) kind = value;
        if (number === fields.trainer.unknownId) model.unknownId = value;
      }
    }
    if (field.number === fields.model.normalizer) {
      for (const { number, bytes: content } of messageFields(field.bytes, field.at)) {
        if (number === fields.normalizer.charsMap) model.charsMap = content;
      }
    }
  }
  if (model.pieces.length === 0) throw corrupt('it holds no pieces', 0);
  if (kind !== unigram) throw unsupported(`expected a unigram model (1), found a model of type ${kind}`);
  return model;
}

function readPiece(field: Field): [string, number] {
  let text = '';
  let score = 0;
  for (const { number, bytes, value } of messageFields(field.bytes, field.at)) {
    if (number === fields.piece.text) text = new TextDecoder().decode(bytes);
    if (number === fields.piece.score) score = value;
  }
  return [text, score];
}

/** One field of a protocol buffer: `bytes` of one with a length, `value` of a number. */
interface Field {
  number: number;
  bytes: Uint8Array;
  value: number;
  /** Byte of the file at which its content begins. */
  at: number;
}

const nothing = new Uint8Array(0);

/** The fields of a message; `start` is the byte of the file at which it begins. https://protobuf.dev/programming-guides/encoding */
function* messageFields(bytes: Uint8Array, start: number): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) break;
      const byte = bytes[at++];
      // Beyond 32 bits only negative enums are written, which nothing here has a use for.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw corrupt('a number does not end', start + at);
  };
  const take = (count: number): number => {
    if (count > bytes.length - at)
      throw corrupt(`${count} bytes were expected, ${bytes.length - at} are left`, start + at);
    at += count;
    return at - count;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, bytes: nothing, value: varint(), at: start + at };
        break;
      case 1:
        yield { number, bytes: nothing, value: view.getFloat64(take(8), true), at: start + at };
        break;
      case 2: {
        const length = varint();
        const begin = take(length);
        yield { number, bytes: bytes.subarray(begin, begin + length), value: 0, at: start + begin };
        break;
      }
      case 5:
        yield { number, bytes: nothing, value: view.getFloat32(take(4), true), at: start + at };
        break;
      default:
        throw corrupt(`a field of kind ${tag % 8}, which there is not`, start + at);
    }
  }
}

function corrupt(what: string, at: number): RungError {
  const message = `Reading ${fileName}: ${what} (byte ${at}). It is no SentencePiece model, or it is damaged.`;
  return new RungError('file-corrupt', message, 'Download the file again.');
}
