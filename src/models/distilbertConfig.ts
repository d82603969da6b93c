/** `config.json` of a Hugging Face DistilBERT, read and written. */
import { RungError } from '../shared/errors.ts';

export interface DistilBertConfig {
  vocabSize: number;
  maxPositions: number;
  layers: number;
  heads: number;
  dim: number;
  hiddenDim: number;
  activation: 'gelu' | 'relu';
  dropout: number;
  attentionDropout: number;
  /** Before the last layer of the head. */
  classifierDropout: number;
  /** Standard deviation of freshly drawn weights. */
  initializerRange: number;
  padTokenId: number;
  labels: number;
}

function unsupported(what: string): RungError {
  const hint =
    'Rung runs models of type "distilbert" with learned positions. Choose such a checkpoint, or the shipped encoder.';
  return new RungError('model-unsupported', `Reading config.json: ${what}.`, hint);
}

/**
 * Checks a parsed config.json. Dropouts that are missing get Hugging Face's defaults; the number of labels comes from `id2label`, or
 * is 2 as Hugging Face assumes.
 * @throws RungError `model-unsupported` naming the first field that is wrong.
 */
export function parseDistilBertConfig(json: unknown): DistilBertConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unsupported('a JSON object was expected');
  const fields = new Map<string, unknown>(Object.entries(json));
  if (fields.get('model_type') !== 'distilbert') {
    throw unsupported(`model_type "distilbert" was expected, found ${JSON.stringify(fields.get('model_type'))}`);
  }
  const whole = (name: string, least: number, most: number, fallback?: number): number => {
    const value = fields.get(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw unsupported(`${name} must be a whole number from ${least} to ${most}, found ${JSON.stringify(value)}`);
    }
    return value;
  };
  const share = (name: string, fallback: number): number => {
    const value = fields.get(name) ?? fallback;
    if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
      throw unsupported(`${name} must be from 0 to below 1, found ${JSON.stringify(value)}`);
    }
    return value;
  };
  const activation = fields.get('activation') ?? 'gelu';
  if (activation !== 'gelu' && activation !== 'relu')
    throw unsupported(`activation ${JSON.stringify(activation)} is not known`);
  if (fields.get('sinusoidal_pos_embds') === true)
    throw unsupported('sinusoidal_pos_embds is set: fixed positions are not supported');
  const config: DistilBertConfig = {
    vocabSize: whole('vocab_size', 1, 1_000_000),
    maxPositions: whole('max_position_embeddings', 1, 1024, 512),
    layers: whole('n_layers', 1, 48),
    heads: whole('n_heads', 1, 128),
    dim: whole('dim', 1, 8192),
    hiddenDim: whole('hidden_dim', 1, 65536),
    activation,
    dropout: share('dropout', 0.1),
    attentionDropout: share('attention_dropout', 0.1),
    classifierDropout: share('seq_classif_dropout', 0.2),
    initializerRange: share('initializer_range', 0.02),
    padTokenId: whole('pad_token_id', 0, 1_000_000, 0),
    labels: labelCount(fields.get('id2label')),
  };
  if (config.dim % config.heads !== 0)
    throw unsupported(`dim ${config.dim} is not divisible by n_heads ${config.heads}`);
  if (config.padTokenId >= config.vocabSize)
    throw unsupported(`pad_token_id ${config.padTokenId} is outside the vocabulary`);
  return config;
}

function labelCount(id2label: unknown): number {
  if (id2label === undefined || id2label === null) return 2;
  const count = typeof id2label === 'object' ? Object.keys(id2label).length : 0;
  if (count === 0) throw unsupported(`id2label must name at least one label, found ${JSON.stringify(id2label)}`);
  return count;
}

/** The content of config.json for a multi-label classifier: what Hugging Face's `from_pretrained` reads. */
export function configToJson(config: DistilBertConfig, labelNames: readonly string[]): Record<string, unknown> {
  return {
    model_type: 'distilbert',
    architectures: ['DistilBertForSequenceClassification'],
    problem_type: 'multi_label_classification',
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    sinusoidal_pos_embds: false,
    n_layers: config.layers,
    n_heads: config.heads,
    dim: config.dim,
    hidden_dim: config.hiddenDim,
    activation: config.activation,
    dropout: config.dropout,
    attention_dropout: config.attentionDropout,
    seq_classif_dropout: config.classifierDropout,
    initializer_range: config.initializerRange,
    pad_token_id: config.padTokenId,
    torch_dtype: 'float32',
    id2label: Object.fromEntries(labelNames.map((name, i) => [String(i), name])),
    label2id: Object.fromEntries(labelNames.map((name, i) => [name, i])),
  };
}
