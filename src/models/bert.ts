/**
 * BERT (Devlin, Chang, Lee & Toutanova 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
 * arXiv:1810.04805) with a classification head, as `BertForSequenceClassification` of Hugging Face transformers: post-norm encoder, token
 * types, a pooler over the first token. Its embeddings and layers are RoBERTa's too.
 *
 * N token slots of the packed batch   B titles   H hidden_size   A heads   F intermediate_size   L layers   C labels
 * V vocabulary   P position rows   T token types
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { addFirstRow } from '../kernels/addFirstRow.ts';
import { attention } from '../kernels/attention.ts';
import { embed } from '../kernels/embed.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { layersOver, type Layers } from '../nn/layers.ts';
import type { PackedBatch } from '../nn/packedBatch.ts';
import { bertConfigToJson, parseBertConfig, type BertConfig, type BertFields } from './bertConfig.ts';
import type { EncoderConfig } from './config.ts';
import { ShapeList, type Family } from './family.ts';

const prefix = 'bert.';

export const bert: Family<BertConfig> = {
  modelTypes: ['bert'],
  prefix,
  wordTable: `${prefix}embeddings.word_embeddings.weight`,
  parseConfig: parseBertConfig,
  configToJson: bertConfigToJson,
  parameterShapes(config) {
    const list = new ShapeList();
    putEncoder(list, prefix, config);
    list.dense('bert.pooler.dense', config.dim, config.dim);
    list.dense('classifier', config.labels, config.dim);
    return list.shapes;
  },
  positionTable: () => `${prefix}embeddings.position_embeddings.weight`,
  isHead: (name) => name.startsWith('classifier.'),
  isPooler: (name) => name.startsWith('bert.pooler.'),
  fusions: () => bertFusions,
  encode(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    return bertHiddenStates(layers, batch, prefix, config, false);
  },
  classify(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    const first = bertHiddenStates(layers, batch, prefix, config, true); // [B, H]
    const pooled = layers.activated(first, 'bert.pooler.dense', 'tanh', config.classifierDropout); // [B, H]
    return layers.dense(pooled, 'classifier'); // [B, C]
  },
};

export const bertFusions = [{ parts: ['query', 'key', 'value'], into: 'qkv' }] as const;

/** Shapes of embeddings and layers, under `at` ("bert."). */
export function putEncoder(list: ShapeList, at: string, config: BertFields): void {
  const { vocabSize: V, typeVocabSize: T, dim: H, hiddenDim: F } = config;
  list.table(`${at}embeddings.word_embeddings`, V, H);
  list.table(`${at}embeddings.position_embeddings`, config.maxPositions + config.firstPosition, H);
  list.table(`${at}embeddings.token_type_embeddings`, T, H);
  list.norm(`${at}embeddings.LayerNorm`, H);
  for (let i = 0; i < config.layers; i++) {
    const layer = `${at}encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) list.dense(`${layer}.attention.self.${part}`, H, H);
    list.dense(`${layer}.attention.output.dense`, H, H);
    list.norm(`${layer}.attention.output.LayerNorm`, H);
    list.dense(`${layer}.intermediate.dense`, F, H);
    list.dense(`${layer}.output.dense`, H, F);
    list.norm(`${layer}.output.LayerNorm`, H);
  }
}

/** [N, H], or with `firstsOnly` the first token of each title: [B, H]. Parameters begin with `at` ("bert."). */
export function bertHiddenStates(
  layers: Layers,
  batch: PackedBatch,
  at: string,
  config: BertFields,
  firstsOnly: boolean,
): Tensor2D {
  const embeddings = `${at}embeddings`;
  const positions = layers.matrix(`${embeddings}.position_embeddings.weight`); // [P, H]
  let x = embed(
    layers.matrix(`${embeddings}.word_embeddings.weight`),
    addFirstRow(positions, layers.matrix(`${embeddings}.token_type_embeddings.weight`)),
    layers.vector(`${embeddings}.LayerNorm.weight`),
    layers.vector(`${embeddings}.LayerNorm.bias`),
    batch.tokens,
    batch,
    config.layerNormEpsilon,
    layers.dropout(config.dropout),
  ); // [N, H]
  for (let i = 0; i < config.layers; i++) {
    const layer = `${at}encoder.layer.${i}`;
    const qkv = layers.dense(x, `${layer}.attention.self.qkv`); // [N, 3H]
    let context = attention(qkv, batch.tokens, config.heads, layers.dropout(config.attentionDropout)); // [N, H]
    if (firstsOnly && i === config.layers - 1) {
      // The head reads the first token only: from here on the others need not be computed.
      context = firstRows(context, batch.firsts, batch.tokens); // [B, H]
      x = firstRows(x, batch.firsts, batch.tokens); // [B, H]
    }
    x = feedForward(layers, layer, config, context, x); // [N, H]
  }
  return x;
}

/** What follows attention in a layer of BERT, RoBERTa and DeBERTa: context and x [N, H] -> [N, H]. */
export function feedForward(
  layers: Layers,
  layer: string,
  config: EncoderConfig,
  context: Tensor2D,
  x: Tensor2D,
): Tensor2D {
  const projected = layers.dense(context, `${layer}.attention.output.dense`); // [N, H]
  const attended = layers.residualNorm(projected, x, `${layer}.attention.output.LayerNorm`, config.dropout); // [N, H]
  const wide = layers.activated(attended, `${layer}.intermediate.dense`, config.activation); // [N, F]
  const narrow = layers.dense(wide, `${layer}.output.dense`); // [N, H]
  return layers.residualNorm(narrow, attended, `${layer}.output.LayerNorm`, config.dropout); // [N, H]
}
