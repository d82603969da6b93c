/** `config.json` of Hugging Face's BERT, RoBERTa and XLM-RoBERTa, which share all fields, read and written. */
import {
  checkSizes,
  classifierJson,
  longestTitle,
  unsupported,
  type ConfigFields,
  type EncoderConfig,
} from './config.ts';

/** What BERT and RoBERTa have in common. */
export interface BertFields extends EncoderConfig {
  /** Rows of the table of token types, of which titles use the first. */
  typeVocabSize: number;
}

export interface BertConfig extends BertFields {
  family: 'bert';
}

export interface RobertaConfig extends BertFields {
  family: 'roberta';
  modelType: 'roberta' | 'xlm-roberta';
  /** Beginning and end of a text; kept for the config.json that is written. */
  bosTokenId: number;
  eosTokenId: number;
}

/** Missing fields get Hugging Face's defaults. @throws RungError `model-unsupported` naming the first field that is wrong. */
export function parseBertConfig(fields: ConfigFields): BertConfig {
  const padTokenId = fields.whole('pad_token_id', 0, 1_000_000, 0);
  const config: BertConfig = {
    family: 'bert',
    ...commonFields(fields, padTokenId, { firstPosition: 0, typeVocabSize: 2, layerNormEpsilon: 1e-12 }),
  };
  checkSizes(config, 'hidden_size', 'num_attention_heads');
  return config;
}

/** RoBERTa counts positions from `pad_token_id` + 1 on: its table has that many rows more than the longest text. The same holds. */
export function parseRobertaConfig(fields: ConfigFields): RobertaConfig {
  const padTokenId = fields.whole('pad_token_id', 0, 1_000_000, 1);
  const config: RobertaConfig = {
    family: 'roberta',
    modelType: fields.oneOf('model_type', ['roberta', 'xlm-roberta'], 'roberta'),
    bosTokenId: fields.whole('bos_token_id', 0, 1_000_000, 0),
    eosTokenId: fields.whole('eos_token_id', 0, 1_000_000, 2),
    ...commonFields(fields, padTokenId, { firstPosition: padTokenId + 1, typeVocabSize: 2, layerNormEpsilon: 1e-12 }),
  };
  checkSizes(config, 'hidden_size', 'num_attention_heads');
  return config;
}

interface Defaults {
  firstPosition: number;
  typeVocabSize: number;
  layerNormEpsilon: number;
}

function commonFields(fields: ConfigFields, padTokenId: number, defaults: Defaults): BertFields {
  fields.mustBe('is_decoder', false, 'decoders are not supported');
  fields.mustBe('add_cross_attention', false, 'cross-attention is not supported');
  fields.mustBe('position_embedding_type', 'absolute', 'only absolute positions are supported');
  const { firstPosition } = defaults;
  const rows = fields.whole('max_position_embeddings', 1, longestTitle + firstPosition, 512);
  if (rows <= firstPosition)
    throw unsupported(`max_position_embeddings ${rows} leaves no position after pad_token_id ${padTokenId}`);
  const dropout = fields.share('hidden_dropout_prob', 0.1);
  return {
    vocabSize: fields.whole('vocab_size', 1, 1_000_000),
    maxPositions: rows - firstPosition,
    firstPosition,
    typeVocabSize: fields.whole('type_vocab_size', 1, 1000, defaults.typeVocabSize),
    layers: fields.whole('num_hidden_layers', 1, 48),
    heads: fields.whole('num_attention_heads', 1, 128),
    dim: fields.whole('hidden_size', 1, 8192),
    hiddenDim: fields.whole('intermediate_size', 1, 65536),
    activation: fields.activation('hidden_act'),
    dropout,
    attentionDropout: fields.share('attention_probs_dropout_prob', 0.1),
    classifierDropout: fields.share('classifier_dropout', dropout),
    layerNormEpsilon: fields.share('layer_norm_eps', defaults.layerNormEpsilon),
    initializerRange: fields.share('initializer_range', 0.02),
    padTokenId,
    labels: fields.labelCount(),
  };
}

/** The content of config.json for a multi-label classifier: what Hugging Face's `from_pretrained` reads. */
export function bertConfigToJson(config: BertConfig, labelNames: readonly string[]): Record<string, unknown> {
  return {
    model_type: 'bert',
    ...classifierJson('BertForSequenceClassification', labelNames),
    ...commonJson(config),
  };
}

/** The same for RoBERTa and XLM-RoBERTa. */
export function robertaConfigToJson(config: RobertaConfig, labelNames: readonly string[]): Record<string, unknown> {
  const { modelType } = config;
  const name = modelType === 'roberta' ? 'Roberta' : 'XLMRoberta';
  return {
    model_type: modelType,
    ...classifierJson(`${name}ForSequenceClassification`, labelNames),
    ...commonJson(config),
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
  };
}

function commonJson(config: BertFields): Record<string, unknown> {
  return {
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions + config.firstPosition,
    position_embedding_type: 'absolute',
    type_vocab_size: config.typeVocabSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    hidden_size: config.dim,
    intermediate_size: config.hiddenDim,
    hidden_act: config.activation,
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    layer_norm_eps: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    pad_token_id: config.padTokenId,
  };
}
