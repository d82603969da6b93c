/**
 * DistilBERT (Sanh, Debut, Chaumond & Wolf 2019, "DistilBERT, a distilled version of BERT", arXiv:1910.01108) with a classification
 * head, as `DistilBertForSequenceClassification` of Hugging Face transformers: post-norm encoder, no token types, no pooler.
 *
 * N token slots of the packed batch   B titles   H dim   A heads   F hidden_dim   L layers   C labels   V vocabulary   P positions
 *
 * On the device the three projections of attention are one matrix [3H, H] (`fuseParameters`): one product of 3H columns in place of
 * three. Everything outside the device has the Hugging Face names.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activation } from '../kernels/activation.ts';
import { attention } from '../kernels/attention.ts';
import { hash32, type Dropout } from '../kernels/dropout.ts';
import { embed } from '../kernels/embed.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { linear } from '../kernels/linear.ts';
import { residualNorm } from '../kernels/norm.ts';
import type { PackedBatch } from '../nn/packedBatch.ts';
import type { NamedArray, NamedArrays } from '../shared/arrays.ts';
import { Random } from '../shared/random.ts';
import type { DistilBertConfig } from './distilbertConfig.ts';

/** Fixed in the reference implementation, not in its config. */
const layerNormEpsilon = 1e-12;

export const wordTable = 'distilbert.embeddings.word_embeddings.weight';
export const positionTable = 'distilbert.embeddings.position_embeddings.weight';

/** Hugging Face parameter name -> shape, in the order of the model. */
export function parameterShapes(config: DistilBertConfig): Record<string, number[]> {
  const { vocabSize: V, maxPositions: P, dim: H, hiddenDim: F, layers: L, labels: C } = config;
  const shapes: Record<string, number[]> = {};
  const put = (name: string, out: number, into?: number): void => {
    shapes[`${name}.weight`] = into === undefined ? [out] : [out, into];
    shapes[`${name}.bias`] = [out];
  };
  shapes[wordTable] = [V, H];
  shapes[positionTable] = [P, H];
  put('distilbert.embeddings.LayerNorm', H);
  for (let layer = 0; layer < L; layer++) {
    const at = `distilbert.transformer.layer.${layer}`;
    for (const part of ['q_lin', 'k_lin', 'v_lin', 'out_lin']) put(`${at}.attention.${part}`, H, H);
    put(`${at}.sa_layer_norm`, H);
    put(`${at}.ffn.lin1`, F, H);
    put(`${at}.ffn.lin2`, H, F);
    put(`${at}.output_layer_norm`, H);
  }
  put('pre_classifier', H, H);
  put('classifier', C, H);
  return shapes;
}

/** Weight decay applies to all but biases and LayerNorms, as in Hugging Face's Trainer. */
export function isDecayed(name: string): boolean {
  return !name.endsWith('.bias') && !/layer_?norm/i.test(name);
}

/**
 * Random weights as Hugging Face draws them: normal with the config's deviation, biases 0, LayerNorm gains 1, the pad row 0. Those whose
 * name is `wanted`, all by default; the numbers of a tensor depend on its name and the seed only.
 */
export function initialParameters(
  config: DistilBertConfig,
  seed: number,
  wanted: (name: string) => boolean = () => true,
): NamedArrays {
  const parameters: NamedArrays = new Map();
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    if (!wanted(name)) continue;
    const random = new Random(seedOf(name, seed));
    const data = new Float32Array(shape.reduce((size, n) => size * n, 1));
    if (shape.length === 2) for (let i = 0; i < data.length; i++) data[i] = random.normal() * config.initializerRange;
    else if (name.endsWith('.weight')) data.fill(1);
    if (name === wordTable) data.fill(0, config.padTokenId * config.dim, (config.padTokenId + 1) * config.dim);
    parameters.set(name, { shape, data });
  }
  return parameters;
}

/** A tensor's own seed: the name's characters hashed one after the other, from `seed` on. */
function seedOf(name: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < name.length; i++) hash = hash32(hash, name.charCodeAt(i));
  return hash;
}

const projections = ['q_lin', 'k_lin', 'v_lin'];

/** The parameters of the config as they stand on the device: q, k and v of each layer one below the other, named `qkv_lin`. */
export function fuseParameters(config: DistilBertConfig, weights: NamedArrays): NamedArrays {
  const fused: NamedArrays = new Map();
  for (const name of Object.keys(parameterShapes(config))) {
    const array = weights.get(name);
    if (!array) throw new Error(`fuseParameters: ${name} is missing`);
    if (!/\.[qkv]_lin\./.test(name)) fused.set(name, array);
    else if (name.includes('.q_lin.')) {
      const parts = projections.map((part) => weights.get(name.replace('q_lin', part)));
      fused.set(name.replace('q_lin', 'qkv_lin'), stack(parts.filter((part) => part !== undefined)));
    }
  }
  return fused;
}

function stack(parts: NamedArray[]): NamedArray {
  const data = new Float32Array(parts.reduce((size, part) => size + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [parts.length * parts[0].shape[0], ...parts[0].shape.slice(1)], data };
}

/** The inverse of `fuseParameters`. */
export function splitParameters(fused: NamedArrays): NamedArrays {
  const split: NamedArrays = new Map();
  for (const [name, array] of fused) {
    if (!name.includes('qkv_lin')) split.set(name, array);
    else {
      const size = array.data.length / 3;
      for (const [i, part] of projections.entries()) {
        const data = array.data.slice(i * size, (i + 1) * size);
        split.set(name.replace('qkv_lin', part), { shape: [array.shape[0] / 3, ...array.shape.slice(1)], data });
      }
    }
  }
  return split;
}

export interface ForwardOptions {
  config: DistilBertConfig;
  /** Dropout on. */
  training: boolean;
  /** Of this step's dropout. */
  seed: number;
}

/**
 * Logits [B, C]. `parameters` are named as by `fuseParameters`; the embedding tables may hold fewer rows than the vocabulary, the
 * batch then names their rows. The result belongs to the caller's tidy.
 */
export function forward(parameters: Record<string, Tensor>, batch: PackedBatch, options: ForwardOptions): Tensor2D {
  const { config, training, seed } = options;
  let draws = 0;
  const drop = (rate: number): Dropout => ({ rate: training ? rate : 0, seed: hash32(seed, draws++) });
  const matrix = (name: string): Tensor2D => parameterOf(parameters, name, 2) as Tensor2D;
  const vector = (name: string): Tensor1D => parameterOf(parameters, name, 1) as Tensor1D;
  const dense = (x: Tensor2D, name: string): Tensor2D => linear(x, matrix(`${name}.weight`), vector(`${name}.bias`));
  const norm = (x: Tensor2D, residual: Tensor2D, name: string, rate: number): Tensor2D =>
    residualNorm(x, residual, vector(`${name}.weight`), vector(`${name}.bias`), layerNormEpsilon, drop(rate));

  const gain = vector('distilbert.embeddings.LayerNorm.weight');
  const bias = vector('distilbert.embeddings.LayerNorm.bias');
  let x = embed(
    matrix(wordTable),
    matrix(positionTable),
    gain,
    bias,
    batch.tokens,
    batch,
    layerNormEpsilon,
    drop(config.dropout),
  ); // [N, H]
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `distilbert.transformer.layer.${layer}`;
    const qkv = dense(x, `${at}.attention.qkv_lin`); // [N, 3H]
    let context = attention(qkv, batch.tokens, config.heads, drop(config.attentionDropout)); // [N, H]
    if (layer === config.layers - 1) {
      // The head reads the first token only, so from here on the others need not be computed: exact, and a sixth of a 4-layer step.
      context = firstRows(context, batch.firsts, batch.tokens); // [B, H]
      x = firstRows(x, batch.firsts, batch.tokens); // [B, H]
    }
    x = norm(dense(context, `${at}.attention.out_lin`), x, `${at}.sa_layer_norm`, 0); // [N, H]
    const wide = activation(dense(x, `${at}.ffn.lin1`), config.activation, drop(0)); // [N, F]
    x = norm(dense(wide, `${at}.ffn.lin2`), x, `${at}.output_layer_norm`, config.dropout); // [N, H], [B, H] after the last layer
  }
  const pooled = activation(dense(x, 'pre_classifier'), 'relu', drop(config.classifierDropout)); // [B, H]
  return dense(pooled, 'classifier'); // [B, C]
}

function parameterOf(parameters: Record<string, Tensor>, name: string, rank: number): Tensor {
  const parameter = parameters[name];
  if (parameter?.rank !== rank)
    throw new Error(`forward: parameter ${name} is ${parameter ? `of rank ${parameter.rank}` : 'missing'}`);
  return parameter;
}

export { parseDistilBertConfig, configToJson, type DistilBertConfig } from './distilbertConfig.ts';
