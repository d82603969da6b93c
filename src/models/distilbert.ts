/**
 * DistilBERT (Sanh, Debut, Chaumond & Wolf 2019, "DistilBERT, a distilled version of BERT", arXiv:1910.01108) with a classification
 * head, as `DistilBertForSequenceClassification` of Hugging Face transformers: post-norm encoder, no token types, no pooler.
 *
 * N token slots of the packed batch   B titles   H dim   A heads   F hidden_dim   L layers   C labels   V vocabulary   P positions
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { attention } from '../kernels/attention.ts';
import { embed } from '../kernels/embed.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { layersOver, type Layers } from '../nn/layers.ts';
import type { PackedBatch } from '../nn/packedBatch.ts';
import { distilBertConfigToJson, parseDistilBertConfig, type DistilBertConfig } from './distilbertConfig.ts';
import { ShapeList, type Family, type Shapes } from './family.ts';

const wordTable = 'distilbert.embeddings.word_embeddings.weight';
const positionTable = 'distilbert.embeddings.position_embeddings.weight';

export const distilbert: Family<DistilBertConfig> = {
  modelTypes: ['distilbert'],
  prefix: 'distilbert.',
  wordTable,
  parseConfig: parseDistilBertConfig,
  configToJson: distilBertConfigToJson,
  parameterShapes,
  positionTable: () => positionTable,
  isHead: (name) => name.startsWith('classifier.'),
  isPooler: (name) => name.startsWith('pre_classifier.'),
  fusions: () => [{ parts: ['q_lin', 'k_lin', 'v_lin'], into: 'qkv_lin' }],
  encode(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    return hiddenStates(layers, batch, config, false);
  },
  classify(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    const first = hiddenStates(layers, batch, config, true); // [B, H]
    const pooled = layers.activated(first, 'pre_classifier', 'relu', config.classifierDropout); // [B, H]
    return layers.dense(pooled, 'classifier'); // [B, C]
  },
};

function parameterShapes(config: DistilBertConfig): Shapes {
  const { vocabSize: V, maxPositions: P, dim: H, hiddenDim: F, labels: C } = config;
  const list = new ShapeList();
  list.table('distilbert.embeddings.word_embeddings', V, H);
  list.table('distilbert.embeddings.position_embeddings', P, H);
  list.norm('distilbert.embeddings.LayerNorm', H);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `distilbert.transformer.layer.${layer}`;
    for (const part of ['q_lin', 'k_lin', 'v_lin', 'out_lin']) list.dense(`${at}.attention.${part}`, H, H);
    list.norm(`${at}.sa_layer_norm`, H);
    list.dense(`${at}.ffn.lin1`, F, H);
    list.dense(`${at}.ffn.lin2`, H, F);
    list.norm(`${at}.output_layer_norm`, H);
  }
  list.dense('pre_classifier', H, H);
  list.dense('classifier', C, H);
  return list.shapes;
}

/** [N, H], or with `firstsOnly` the first token of each title: [B, H]. */
function hiddenStates(layers: Layers, batch: PackedBatch, config: DistilBertConfig, firstsOnly: boolean): Tensor2D {
  const gain = layers.vector('distilbert.embeddings.LayerNorm.weight');
  const bias = layers.vector('distilbert.embeddings.LayerNorm.bias');
  let x = embed(
    layers.matrix(wordTable),
    layers.matrix(positionTable),
    gain,
    bias,
    batch.tokens,
    batch,
    config.layerNormEpsilon,
    layers.dropout(config.dropout),
  ); // [N, H]
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `distilbert.transformer.layer.${layer}`;
    const qkv = layers.dense(x, `${at}.attention.qkv_lin`); // [N, 3H]
    let context = attention(qkv, batch.tokens, config.heads, layers.dropout(config.attentionDropout)); // [N, H]
    if (firstsOnly && layer === config.layers - 1) {
      // The head reads the first token only, so from here on the others need not be computed: exact, and a sixth of a 4-layer step.
      context = firstRows(context, batch.firsts, batch.tokens); // [B, H]
      x = firstRows(x, batch.firsts, batch.tokens); // [B, H]
    }
    x = layers.residualNorm(layers.dense(context, `${at}.attention.out_lin`), x, `${at}.sa_layer_norm`, 0); // [N, H]
    const wide = layers.activated(x, `${at}.ffn.lin1`, config.activation); // [N, F]
    x = layers.residualNorm(layers.dense(wide, `${at}.ffn.lin2`), x, `${at}.output_layer_norm`, config.dropout); // [N, H]
  }
  return x;
}
