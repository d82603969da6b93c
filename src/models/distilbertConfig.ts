/** `config.json` of a Hugging Face DistilBERT, read and written. */
import {
  checkSizes,
  classifierJson,
  longestTitle,
  unsupported,
  type ConfigFields,
  type EncoderConfig,
} from './config.ts';

export interface DistilBertConfig extends EncoderConfig {
  family: 'distilbert';
}

/** Fixed in the reference implementation, not in its config. */
const layerNormEpsilon = 1e-12;

/** Missing fields get Hugging Face's defaults. @throws RungError `model-unsupported` naming the first field that is wrong. */
export function parseDistilBertConfig(fields: ConfigFields): DistilBertConfig {
  const config: DistilBertConfig = {
    family: 'distilbert',
    vocabSize: fields.whole('vocab_size', 1, 1_000_000),
    maxPositions: fields.whole('max_position_embeddings', 1, longestTitle, 512),
    firstPosition: 0,
    layers: fields.whole('n_layers', 1, 48),
    heads: fields.whole('n_heads', 1, 128),
    dim: fields.whole('dim', 1, 8192),
    hiddenDim: fields.whole('hidden_dim', 1, 65536),
    activation: fields.activation('activation'),
    dropout: fields.share('dropout', 0.1),
    attentionDropout: fields.share('attention_dropout', 0.1),
    classifierDropout: fields.share('seq_classif_dropout', 0.2),
    layerNormEpsilon,
    initializerRange: fields.share('initializer_range', 0.02),
    padTokenId: fields.whole('pad_token_id', 0, 1_000_000, 0),
    labels: fields.labelCount(),
  };
  if (fields.flag('sinusoidal_pos_embds', false))
    throw unsupported('sinusoidal_pos_embds is set: fixed positions are not supported');
  checkSizes(config, 'dim', 'n_heads');
  return config;
}

/** The content of config.json for a multi-label classifier: what Hugging Face's `from_pretrained` reads. */
export function distilBertConfigToJson(
  config: DistilBertConfig,
  labelNames: readonly string[],
): Record<string, unknown> {
  return {
    model_type: 'distilbert',
    ...classifierJson('DistilBertForSequenceClassification', labelNames),
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
  };
}
