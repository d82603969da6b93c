/** `config.json` of Hugging Face's DeBERTa-v2 and v3, read and written. */
import { relativeSpan, type RelativeSettings } from '../nn/relativePositions.ts';
import {
  checkSizes,
  classifierJson,
  longestTitle,
  unsupported,
  type ConfigFields,
  type EncoderConfig,
  type HiddenActivation,
} from './config.ts';

export interface DebertaV2Config extends EncoderConfig {
  family: 'debertaV2';
  /** 0: no token types. */
  typeVocabSize: number;
  /** Absolute positions are added to the word embeddings. */
  positionBiasedInput: boolean;
  /** Null: plain attention. */
  relative: RelativeConfig | null;
  poolerActivation: HiddenActivation | 'tanh';
  poolerDropout: number;
}

export interface RelativeConfig extends RelativeSettings {
  /** Score of content and position as key, of content and position as query. */
  c2p: boolean;
  p2c: boolean;
  /** Positions are projected by the matrices of the content. */
  shareAttKey: boolean;
  /** LayerNorm over the relative embeddings. */
  layerNorm: boolean;
}

/** Missing fields get Hugging Face's defaults. @throws RungError `model-unsupported` naming the first field that is wrong. */
export function parseDebertaV2Config(fields: ConfigFields): DebertaV2Config {
  refuseSwitches(fields);
  const dropout = fields.share('hidden_dropout_prob', 0.1);
  const dim = fields.whole('hidden_size', 1, 8192);
  const heads = fields.whole('num_attention_heads', 1, 128);
  const maxPositions = fields.whole('max_position_embeddings', 1, longestTitle, 512);
  const config: DebertaV2Config = {
    family: 'debertaV2',
    vocabSize: fields.whole('vocab_size', 1, 1_000_000),
    maxPositions,
    firstPosition: 0,
    typeVocabSize: fields.whole('type_vocab_size', 0, 1000, 0),
    positionBiasedInput: fields.flag('position_biased_input', true),
    relative: relativeOf(fields, maxPositions),
    layers: fields.whole('num_hidden_layers', 1, 48),
    heads,
    dim,
    hiddenDim: fields.whole('intermediate_size', 1, 65536),
    activation: fields.activation('hidden_act'),
    poolerActivation: fields.get('pooler_hidden_act') === 'tanh' ? 'tanh' : fields.activation('pooler_hidden_act'),
    poolerDropout: fields.share('pooler_dropout', 0),
    dropout,
    attentionDropout: fields.share('attention_probs_dropout_prob', 0.1),
    classifierDropout: fields.share('cls_dropout', dropout),
    layerNormEpsilon: fields.share('layer_norm_eps', 1e-7),
    initializerRange: fields.share('initializer_range', 0.02),
    padTokenId: fields.whole('pad_token_id', 0, 1_000_000, 0),
    labels: fields.labelCount(),
  };
  checkSizes(config, 'hidden_size', 'num_attention_heads');
  fields.mustBe('embedding_size', dim, 'embeddings of another width than hidden_size are not supported');
  fields.mustBe('pooler_hidden_size', dim, 'a pooler of another width than hidden_size is not supported');
  fields.mustBe('attention_head_size', dim / heads, 'only hidden_size / num_attention_heads is supported');
  return config;
}

function refuseSwitches(fields: ConfigFields): void {
  const kernel = fields.get('conv_kernel_size');
  if (kernel !== null && kernel !== 0)
    throw unsupported(`conv_kernel_size is ${JSON.stringify(kernel)}: DeBERTa's ConvLayer is not supported`);
  fields.mustBe('is_decoder', false, 'decoders are not supported');
}

function relativeOf(fields: ConfigFields, maxPositions: number): RelativeConfig | null {
  const terms = attentionTerms(fields);
  const shareAttKey = fields.flag('share_att_key', false);
  const layerNorm = normed(fields);
  if (!fields.flag('relative_attention', false)) {
    // Hugging Face would still divide the scores by the square root of the terms that are missing.
    if (terms.size > 0) throw unsupported('relative_attention is false, but pos_att_type names relative scores');
    return null;
  }
  if (terms.size === 0) throw unsupported('relative_attention is true, but pos_att_type names neither c2p nor p2c');
  const given = fields.whole('max_relative_positions', -1, 1_000_000, -1);
  const buckets = fields.whole('position_buckets', -1, 100_000, -1);
  const relative: RelativeConfig = {
    buckets: Math.max(0, buckets),
    maxDistance: given < 1 ? maxPositions : given,
    c2p: terms.has('c2p'),
    p2c: terms.has('p2c'),
    shareAttKey,
    layerNorm,
  };
  const middle = Math.floor(relative.buckets / 2);
  const logarithmic = relative.buckets > 0 && maxPositions - 1 > middle;
  if (logarithmic && (middle === 0 || relative.maxDistance - 1 <= middle))
    throw unsupported(
      `position_buckets ${buckets} does not go with max_relative_positions ${given}: far distances would have no bucket`,
    );
  return relative;
}

/** Hugging Face takes a list or a string such as "c2p|p2c". */
function attentionTerms(fields: ConfigFields): Set<string> {
  const found = fields.get('pos_att_type');
  const names: unknown[] = Array.isArray(found) ? found : typeof found === 'string' ? found.split('|') : [];
  const terms = names.map((name) => (typeof name === 'string' ? name.trim().toLowerCase() : name));
  const wrong = terms.find((term) => term !== 'c2p' && term !== 'p2c' && term !== '');
  if (wrong !== undefined) throw unsupported(`pos_att_type holds ${JSON.stringify(wrong)}; c2p and p2c are known`);
  return new Set(terms.filter((term) => typeof term === 'string' && term !== '').map(String));
}

function normed(fields: ConfigFields): boolean {
  const found = fields.get('norm_rel_ebd') ?? 'none';
  const names = typeof found === 'string' ? found.split('|').map((name) => name.trim().toLowerCase()) : [found];
  const wrong = names.find((name) => name !== 'none' && name !== 'layer_norm' && name !== '');
  if (wrong !== undefined)
    throw unsupported(`norm_rel_ebd holds ${JSON.stringify(wrong)}; layer_norm and none are known`);
  return names.includes('layer_norm');
}

/** The content of config.json for a multi-label classifier: what Hugging Face's `from_pretrained` reads. */
export function debertaV2ConfigToJson(config: DebertaV2Config, labelNames: readonly string[]): Record<string, unknown> {
  const { relative } = config;
  const terms = relative ? [...(relative.c2p ? ['c2p'] : []), ...(relative.p2c ? ['p2c'] : [])] : [];
  return {
    model_type: 'deberta-v2',
    ...classifierJson('DebertaV2ForSequenceClassification', labelNames),
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    position_biased_input: config.positionBiasedInput,
    type_vocab_size: config.typeVocabSize,
    relative_attention: relative !== null,
    pos_att_type: terms,
    share_att_key: relative?.shareAttKey ?? false,
    norm_rel_ebd: relative?.layerNorm ? 'layer_norm' : 'none',
    position_buckets: relative && relative.buckets > 0 ? relative.buckets : -1,
    max_relative_positions: relative?.maxDistance ?? -1,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    hidden_size: config.dim,
    intermediate_size: config.hiddenDim,
    hidden_act: config.activation,
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    cls_dropout: config.classifierDropout,
    pooler_hidden_act: config.poolerActivation,
    pooler_hidden_size: config.dim,
    pooler_dropout: config.poolerDropout,
    layer_norm_eps: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    pad_token_id: config.padTokenId,
  };
}

/** Rows of the table of relative embeddings. */
export function relativeTableRows(relative: RelativeConfig): number {
  return 2 * relativeSpan(relative);
}
