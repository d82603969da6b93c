/**
 * `tokenizer.json` for folders that have none: older ones hold only the vocabulary of the slow Python tokenisers. What is built here
 * is what `transformers` itself converts such folders to.
 */
import { RungError } from '../shared/errors.ts';
import { bertTemplate } from './bertTemplate.ts';
import { sentencePieceTokenizerJson } from './sentencePiece.ts';

type ReadText = (name: string) => string | undefined;

/**
 * The parsed `tokenizer.json` of a Hugging Face folder, or one made from `vocab.txt` (BERT), `vocab.json` and `merges.txt` (RoBERTa) or
 * `spm.model` (DeBERTa-v3).
 * @param read gives a file of the folder; undefined where there is none
 * @throws RungError `package-incomplete` where there is none of them, `file-corrupt` where a file cannot be read.
 */
export function tokenizerJsonOfFolder(read: (name: string) => Uint8Array | undefined): unknown {
  const readText: ReadText = (name) => {
    const bytes = read(name);
    return bytes && new TextDecoder().decode(bytes);
  };
  const json = readText('tokenizer.json');
  if (json !== undefined) return parse('tokenizer.json', json);
  const vocabTxt = readText('vocab.txt');
  const configText = readText('tokenizer_config.json');
  const config = configText === undefined ? null : parse('tokenizer_config.json', configText);
  if (vocabTxt !== undefined) {
    return wordPieceTokenizerJson(vocabTxt.split(/\r?\n/).filter(Boolean), {
      lowercase: flag(config, 'do_lower_case', true),
    });
  }
  const vocabJson = readText('vocab.json');
  const merges = readText('merges.txt');
  if (vocabJson !== undefined && merges !== undefined) {
    return byteLevelBpeTokenizerJson(parse('vocab.json', vocabJson), merges, flag(config, 'add_prefix_space', false));
  }
  const spmModel = read('spm.model');
  if (spmModel !== undefined) {
    return sentencePieceTokenizerJson(spmModel, {
      lowercase: flag(config, 'do_lower_case', false),
      splitByPunctuation: flag(config, 'split_by_punct', false),
    });
  }
  throw new RungError(
    'package-incomplete',
    'Reading the model folder: there is no tokenizer.json, no vocab.txt, no vocab.json with merges.txt, and no spm.model.',
    'Add the tokenizer.json that belongs to these weights (`tokenizer.save_pretrained(folder)`), then drop the folder again.',
  );
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RungError(
      'file-corrupt',
      `Reading ${name}: it is not valid JSON (${reason}).`,
      'Download the file again, then drop the folder again.',
      { cause: error },
    );
  }
}

function flag(config: unknown, name: string, otherwise: boolean): boolean {
  const value: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, name) : undefined;
  return typeof value === 'boolean' ? value : otherwise;
}

interface AddedToken {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

function specialToken(content: string, id: number, lstrip = false): AddedToken {
  return { id, content, single_word: false, lstrip, rstrip: false, normalized: false, special: true };
}

/** The `tokenizer.json` of a BERT WordPiece tokeniser; the vocabulary's order gives the ids, `[PAD] [UNK] [CLS] [SEP] [MASK]` are in it. */
export function wordPieceTokenizerJson(vocab: readonly string[], { lowercase }: { lowercase: boolean }): unknown {
  const ids = new Map(vocab.map((token, id) => [token, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].flatMap((token) => {
    const id = ids.get(token);
    return id === undefined ? [] : [specialToken(token, id)];
  });
  const cls = ids.get('[CLS]');
  const sep = ids.get('[SEP]');
  if (cls === undefined || sep === undefined || !ids.has('[UNK]')) {
    throw new RungError(
      'model-unsupported',
      `Reading vocab.txt: expected [UNK], [CLS] and [SEP] among its ${vocab.length} lines.`,
      'Add the tokenizer.json of the model to the folder, then drop it again.',
    );
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.toSorted((a, b) => a.id - b.id),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: bertTemplate(cls, sep),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
}

function byteLevelBpeTokenizerJson(vocab: unknown, mergesText: string, addPrefixSpace: boolean): unknown {
  const ids = new Map<string, number>();
  for (const [token, id] of typeof vocab === 'object' && vocab !== null ? Object.entries(vocab) : []) {
    if (typeof id === 'number') ids.set(token, id);
  }
  const open = ids.get('<s>');
  const close = ids.get('</s>');
  if (open === undefined || close === undefined) {
    throw new RungError(
      'model-unsupported',
      `Reading vocab.json: expected <s> and </s> among its ${ids.size} tokens.`,
      'Add the tokenizer.json of the model to the folder, then drop it again.',
    );
  }
  const special = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'].flatMap((token) => {
    const id = ids.get(token);
    return id === undefined ? [] : [specialToken(token, id, token === '<mask>')];
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.toSorted((a, b) => a.id - b.id),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', close],
      cls: ['<s>', open],
      trim_offsets: true,
      add_prefix_space: addPrefixSpace,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(ids),
      merges: mergesText.split(/\r?\n/).filter((line) => line && !line.startsWith('#version')),
    },
  };
}
