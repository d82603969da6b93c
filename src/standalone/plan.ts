/** Where each part of an encoder stands among its Hugging Face parameters: what tells the families apart once they are trained. */
import type { DebertaV2Config } from '../models/debertaV2Config.ts';
import type { HiddenActivation } from '../models/config.ts';
import type { ModelConfig } from '../models/model.ts';

/** Names without `.weight` and `.bias`. */
export interface LayerPlan {
  queries: string;
  keys: string;
  values: string;
  out: string;
  outNorm: string;
  wide: string;
  narrow: string;
  narrowNorm: string;
  /** Of DeBERTa's relative positions, as keys and as queries; null where a layer has none. */
  positionKeys: string | null;
  positionQueries: string | null;
}

export interface ModelPlan {
  words: string;
  /** Null for a family without absolute positions. */
  positions: string | null;
  /** Its first row is added to every token. */
  types: string | null;
  embeddingNorm: string;
  layers: LayerPlan[];
  pooler: string;
  poolerActivation: HiddenActivation | 'tanh';
  classifier: string;
  relative: { table: string; norm: string | null } | null;
}

export function planOf(config: ModelConfig): ModelPlan {
  switch (config.family) {
    case 'distilbert':
      return distilbertPlan(config.layers);
    case 'bert':
      return { ...bertPlan('bert', config.layers), pooler: 'bert.pooler.dense', classifier: 'classifier' };
    case 'roberta':
      return { ...bertPlan('roberta', config.layers), pooler: 'classifier.dense', classifier: 'classifier.out_proj' };
    case 'debertaV2':
      return debertaPlan(config);
  }
}

function distilbertPlan(layers: number): ModelPlan {
  const at = 'distilbert.embeddings';
  return {
    words: `${at}.word_embeddings`,
    positions: `${at}.position_embeddings`,
    types: null,
    embeddingNorm: `${at}.LayerNorm`,
    layers: Array.from({ length: layers }, (_, i) => {
      const layer = `distilbert.transformer.layer.${i}`;
      return {
        queries: `${layer}.attention.q_lin`,
        keys: `${layer}.attention.k_lin`,
        values: `${layer}.attention.v_lin`,
        out: `${layer}.attention.out_lin`,
        outNorm: `${layer}.sa_layer_norm`,
        wide: `${layer}.ffn.lin1`,
        narrow: `${layer}.ffn.lin2`,
        narrowNorm: `${layer}.output_layer_norm`,
        positionKeys: null,
        positionQueries: null,
      };
    }),
    pooler: 'pre_classifier',
    poolerActivation: 'relu',
    classifier: 'classifier',
    relative: null,
  };
}

/** BERT's and RoBERTa's, which differ in their heads. */
function bertPlan(base: string, layers: number): Omit<ModelPlan, 'pooler' | 'classifier'> {
  const at = `${base}.embeddings`;
  return {
    words: `${at}.word_embeddings`,
    positions: `${at}.position_embeddings`,
    types: `${at}.token_type_embeddings`,
    embeddingNorm: `${at}.LayerNorm`,
    layers: Array.from({ length: layers }, (_, i) =>
      bertLayer(`${base}.encoder.layer.${i}`, ['query', 'key', 'value']),
    ),
    poolerActivation: 'tanh',
    relative: null,
  };
}

function bertLayer(layer: string, [query, key, value]: readonly [string, string, string]): LayerPlan {
  return {
    queries: `${layer}.attention.self.${query}`,
    keys: `${layer}.attention.self.${key}`,
    values: `${layer}.attention.self.${value}`,
    out: `${layer}.attention.output.dense`,
    outNorm: `${layer}.attention.output.LayerNorm`,
    wide: `${layer}.intermediate.dense`,
    narrow: `${layer}.output.dense`,
    narrowNorm: `${layer}.output.LayerNorm`,
    positionKeys: null,
    positionQueries: null,
  };
}

function debertaPlan({
  layers,
  relative,
  positionBiasedInput,
  typeVocabSize,
  poolerActivation,
}: DebertaV2Config): ModelPlan {
  const at = 'deberta.embeddings';
  return {
    words: `${at}.word_embeddings`,
    positions: positionBiasedInput ? `${at}.position_embeddings` : null,
    types: typeVocabSize > 0 ? `${at}.token_type_embeddings` : null,
    embeddingNorm: `${at}.LayerNorm`,
    layers: Array.from({ length: layers }, (_, i) => {
      const plan = bertLayer(`deberta.encoder.layer.${i}`, ['query_proj', 'key_proj', 'value_proj']);
      const self = `deberta.encoder.layer.${i}.attention.self`;
      return {
        ...plan,
        positionKeys: relative?.c2p ? (relative.shareAttKey ? plan.keys : `${self}.pos_key_proj`) : null,
        positionQueries: relative?.p2c ? (relative.shareAttKey ? plan.queries : `${self}.pos_query_proj`) : null,
      };
    }),
    pooler: 'pooler.dense',
    poolerActivation,
    classifier: 'classifier',
    relative: relative && {
      table: 'deberta.encoder.rel_embeddings',
      norm: relative.layerNorm ? 'deberta.encoder.LayerNorm' : null,
    },
  };
}
