/**
 * DeBERTa-v2 and v3 (He, Liu, Gao & Chen 2021, "DeBERTa: Decoding-enhanced BERT with Disentangled Attention", arXiv:2006.03654; He, Gao &
 * Chen 2021, arXiv:2111.09543) with a classification head, as `DebertaV2ForSequenceClassification` of Hugging Face transformers.
 *
 * N token slots of the packed batch   B titles   H hidden_size   A heads   F intermediate_size   L layers   C labels
 * R rows of the relative embeddings that a batch needs, of 2 span in all: those of distances shorter than its longest title. The others
 * have no part in it and no gradient, so they are not projected; with titles of 20 tokens these are 47 of 512.
 */
import { tensor1d, type Tensor2D } from '@tensorflow/tfjs-core';
import { activation } from '../kernels/activation.ts';
import { addFirstRow } from '../kernels/addFirstRow.ts';
import { attention } from '../kernels/attention.ts';
import { disentangledAttention, type RelativePositions } from '../kernels/disentangledAttention.ts';
import { embed } from '../kernels/embed.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { layerNorm } from '../kernels/norm.ts';
import { sliceRows } from '../kernels/sliceRows.ts';
import { layersOver, type Layers } from '../nn/layers.ts';
import type { PackedBatch } from '../nn/packedBatch.ts';
import { relativeRows } from '../nn/relativePositions.ts';
import { feedForward } from './bert.ts';
import {
  debertaV2ConfigToJson,
  parseDebertaV2Config,
  relativeTableRows,
  type DebertaV2Config,
  type RelativeConfig,
} from './debertaV2Config.ts';
import { ShapeList, type Family, type Fusion, type Shapes } from './family.ts';

const wordTable = 'deberta.embeddings.word_embeddings.weight';
const positionTable = 'deberta.embeddings.position_embeddings.weight';

export const debertaV2: Family<DebertaV2Config> = {
  modelTypes: ['deberta-v2'],
  prefix: 'deberta.',
  wordTable,
  parseConfig: parseDebertaV2Config,
  configToJson: debertaV2ConfigToJson,
  parameterShapes,
  positionTable: ({ positionBiasedInput }) => (positionBiasedInput ? positionTable : null),
  isHead: (name) => /^(pooler|classifier)\./.test(name),
  isPooler: () => false,
  fusions({ relative }) {
    const content: Fusion = { parts: ['query_proj', 'key_proj', 'value_proj'], into: 'qkv_proj' };
    const position: Fusion = { parts: ['pos_query_proj', 'pos_key_proj'], into: 'pos_qk_proj' };
    return relative && !relative.shareAttKey && relative.c2p && relative.p2c ? [content, position] : [content];
  },
  encode(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    return hiddenStates(layers, batch, config, false);
  },
  classify(parameters, batch, config, options) {
    const layers = layersOver(parameters, { ...options, epsilon: config.layerNormEpsilon });
    let x = hiddenStates(layers, batch, config, true); // [B, H]
    // Whoever switches the head's dropout off means this one too.
    const dropout = layers.dropout(config.classifierDropout === 0 ? 0 : config.poolerDropout);
    if (dropout.rate > 0) x = activation(x, 'identity', dropout); // [B, H]
    x = layers.activated(x, 'pooler.dense', config.poolerActivation, config.classifierDropout); // [B, H]
    return layers.dense(x, 'classifier'); // [B, C]
  },
};

function parameterShapes(config: DebertaV2Config): Shapes {
  const { vocabSize: V, dim: H, hiddenDim: F, relative } = config;
  const list = new ShapeList();
  list.table('deberta.embeddings.word_embeddings', V, H);
  if (config.positionBiasedInput) list.table('deberta.embeddings.position_embeddings', config.maxPositions, H);
  if (config.typeVocabSize > 0) list.table('deberta.embeddings.token_type_embeddings', config.typeVocabSize, H);
  list.norm('deberta.embeddings.LayerNorm', H);
  for (let i = 0; i < config.layers; i++) {
    const layer = `deberta.encoder.layer.${i}`;
    const projections = ['query_proj', 'key_proj', 'value_proj'];
    if (relative && !relative.shareAttKey) {
      if (relative.c2p) projections.push('pos_key_proj');
      if (relative.p2c) projections.push('pos_query_proj');
    }
    for (const part of projections) list.dense(`${layer}.attention.self.${part}`, H, H);
    list.dense(`${layer}.attention.output.dense`, H, H);
    list.norm(`${layer}.attention.output.LayerNorm`, H);
    list.dense(`${layer}.intermediate.dense`, F, H);
    list.dense(`${layer}.output.dense`, H, F);
    list.norm(`${layer}.output.LayerNorm`, H);
  }
  if (relative) list.table('deberta.encoder.rel_embeddings', relativeTableRows(relative), H);
  if (relative?.layerNorm) list.norm('deberta.encoder.LayerNorm', H);
  list.dense('pooler.dense', H, H);
  list.dense('classifier', config.labels, H);
  return list.shapes;
}

/** dropout(LayerNorm(words + positions + token type 0)), the last two where the config has them: [N, H]. */
function embeddings(layers: Layers, batch: PackedBatch, config: DebertaV2Config): Tensor2D {
  let words = layers.matrix(wordTable);
  let positions = config.positionBiasedInput ? layers.matrix(positionTable) : null;
  if (config.typeVocabSize > 0) {
    const types = layers.matrix('deberta.embeddings.token_type_embeddings.weight');
    if (positions) positions = addFirstRow(positions, types);
    else words = addFirstRow(words, types);
  }
  return embed(
    words,
    positions,
    layers.vector('deberta.embeddings.LayerNorm.weight'),
    layers.vector('deberta.embeddings.LayerNorm.bias'),
    batch.tokens,
    batch,
    config.layerNormEpsilon,
    layers.dropout(config.dropout),
  );
}

/** [N, H], or with `firstsOnly` the first token of each title: [B, H]. */
function hiddenStates(layers: Layers, batch: PackedBatch, config: DebertaV2Config, firstsOnly: boolean): Tensor2D {
  let x = embeddings(layers, batch, config); // [N, H]
  const { relative } = config;
  const attend = relative ? relativeAttention(layers, batch, config, relative) : plainAttention(layers, batch, config);
  for (let i = 0; i < config.layers; i++) {
    const layer = `deberta.encoder.layer.${i}`;
    const qkv = layers.dense(x, `${layer}.attention.self.qkv_proj`); // [N, 3H]
    let context = attend(qkv, layer); // [N, H]
    if (firstsOnly && i === config.layers - 1) {
      // The head reads the first token only: from here on the others need not be computed.
      context = firstRows(context, batch.firsts, batch.tokens); // [B, H]
      x = firstRows(x, batch.firsts, batch.tokens); // [B, H]
    }
    x = feedForward(layers, layer, config, context, x); // [N, H]
  }
  return x;
}

/** A layer's attention: qkv [N, 3H] -> [N, H]. */
type Attend = (qkv: Tensor2D, layer: string) => Tensor2D;

function plainAttention(layers: Layers, batch: PackedBatch, config: DebertaV2Config): Attend {
  return (qkv) => attention(qkv, batch.tokens, config.heads, layers.dropout(config.attentionDropout));
}

function relativeAttention(
  layers: Layers,
  batch: PackedBatch,
  config: DebertaV2Config,
  relative: RelativeConfig,
): Attend {
  const { first, count, reach, places } = relativeRows(batch.longest, relative, config.maxPositions);
  const table = sliceRows(layers.matrix('deberta.encoder.rel_embeddings.weight'), first, count); // [R, H]
  const gain = relative.layerNorm ? layers.vector('deberta.encoder.LayerNorm.weight') : null;
  const rows = gain
    ? layerNorm(table, gain, layers.vector('deberta.encoder.LayerNorm.bias'), config.layerNormEpsilon)
    : table; // [R, H]
  const shared = { places: tensor1d(places, 'int32'), reach };
  return (qkv, layer) => {
    // Each layer drops other elements of the positions.
    const dropout = layers.dropout(config.dropout);
    const dropped = dropout.rate > 0 ? activation(rows, 'identity', dropout) : rows; // [R, H]
    const positions = { ...shared, ...projection(layers, dropped, `${layer}.attention.self`, config, relative) };
    return disentangledAttention(qkv, positions, batch.tokens, config.heads, layers.dropout(config.attentionDropout));
  };
}

/** The positions as keys and queries of a layer, side by side. With shared matrices their values stand there too, read by nobody. */
function projection(
  layers: Layers,
  rows: Tensor2D,
  at: string,
  { dim: H }: DebertaV2Config,
  { c2p, p2c, shareAttKey }: RelativeConfig,
): Pick<RelativePositions, 'projected' | 'keysAt' | 'queriesAt'> {
  if (shareAttKey) {
    const projected = layers.dense(rows, `${at}.qkv_proj`); // [R, 3H]
    return { projected, keysAt: c2p ? H : null, queriesAt: p2c ? 0 : null };
  }
  if (c2p && p2c) return { projected: layers.dense(rows, `${at}.pos_qk_proj`), keysAt: H, queriesAt: 0 }; // [R, 2H]
  const projected = layers.dense(rows, `${at}.${c2p ? 'pos_key_proj' : 'pos_query_proj'}`); // [R, H]
  return { projected, keysAt: c2p ? 0 : null, queriesAt: p2c ? 0 : null };
}
