/**
 * Makes the encoder that the page ships, around the vocabulary and the weights beside it.
 *
 *     npm run pretrain -- --data DIR [--python python3] [--steps N] [--threads N]   pretrains, then writes the folder
 *     node tools/run.mjs tools/makeEncoder.ts                                       writes config, tokenizer, card and list anew
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSafetensors } from '../src/formats/safetensors.ts';
import type { EncoderInfo } from '../src/shared/training.ts';
import { wordPieceTokenizerJson } from '../src/text/tokenizerFiles.ts';
import { encoderCard, readCardFacts } from './encoderCard.ts';
import { dimensions, initializerRange } from './randomEncoder.ts';

const id = 'rung-mini';
const models = 'public/models';
const pretraining = 'tools/pretrain/pretraining.json';

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      steps: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const folder = join(models, id);
  const weightsFile = join(folder, 'model.safetensors');
  if (values.data) {
    const passedOn = ['data', 'steps', 'threads'] as const;
    const own = passedOn.flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));
    const script = ['tools/pretrain/pretrain.py', ...own, '--weights', weightsFile, '--facts', pretraining];
    execFileSync(values.python, script, { stdio: 'inherit' });
  }
  const vocabulary = readFileSync(join(folder, 'vocab.txt'), 'utf8').trimEnd().split('\n');
  const config = {
    architectures: ['DistilBertModel'],
    model_type: 'distilbert',
    vocab_size: vocabulary.length,
    ...dimensions,
    activation: 'gelu',
    dropout: 0.1,
    attention_dropout: 0.1,
    qa_dropout: 0.1,
    seq_classif_dropout: 0.2,
    initializer_range: initializerRange,
    sinusoidal_pos_embds: false,
    tie_weights_: true,
    pad_token_id: 0,
    torch_dtype: 'float32',
  };
  const file = readFileSync(weightsFile);
  const weights = await readSafetensors(new Blob([file]), weightsFile);
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  write('config.json', json(config));
  write('tokenizer.json', `${JSON.stringify(wordPieceTokenizerJson(vocabulary, { lowercase: true }))}\n`);
  write('tokenizer_config.json', json({ ...tokenizerConfig, model_max_length: dimensions.max_position_embeddings }));
  write('special_tokens_map.json', json(specialTokens));
  const facts = readCardFacts(pretraining, 'tools/pretrain/figures.md');
  write('README.md', encoderCard({ parameters, vocabulary: vocabulary.length, ...dimensions, ...facts }));

  const encoder: EncoderInfo = {
    source: { kind: 'shipped', id },
    name: 'Rung mini',
    description:
      'A small DistilBERT, 4 layers of 192, pretrained on open lists of occupations: it knows job titles and what rank their words tell.',
    parameters,
    bytes: file.length,
  };
  writeFileSync(join(models, 'index.json'), json([encoder]));
  console.log(`${parameters} parameters, ${file.length} bytes of weights in ${folder}`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const specialTokens = {
  cls_token: '[CLS]',
  mask_token: '[MASK]',
  pad_token: '[PAD]',
  sep_token: '[SEP]',
  unk_token: '[UNK]',
};

const tokenizerConfig = {
  ...specialTokens,
  clean_up_tokenization_spaces: true,
  do_lower_case: true,
  // DistilBERT has no token types: without this the tokeniser of BERT would hand them over.
  model_input_names: ['input_ids', 'attention_mask'],
  strip_accents: null,
  tokenize_chinese_chars: true,
  tokenizer_class: 'DistilBertTokenizer',
};
