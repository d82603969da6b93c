/**
 * Every op of the model once more from stock tfjs ops: the oracle that the kernels are compared with, output and gradients. Slow by
 * design (attention over all pairs of tokens, look-ups as products with one-hot rows); nothing outside tests and benchmarks imports it.
 */
import {
  add,
  div,
  erf,
  exp,
  log1p,
  abs,
  matMul,
  mean,
  mul,
  neg,
  relu,
  reshape,
  rsqrt,
  slice,
  softmax,
  sub,
  sum,
  tanh,
  tensor,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { Activation } from './activation.ts';
import { attentionSeedStride } from './attention.ts';
import { dropoutFactors, type Dropout } from './dropout.ts';

/** x wT + b: [N, I] x [O, I] + [O] -> [N, O] */
export function linearComposed(x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  return add(matMul(x, weight, false, true), bias);
}

function dropped<T extends Tensor>(x: T, dropout: Dropout): T {
  if (dropout.rate === 0) return x;
  return mul(x, tensor(dropoutFactors(dropout, x.size), x.shape));
}

/** Dropout of GELU (exact or with tanh), ReLU, tanh, or nothing. */
export function activationComposed(x: Tensor2D, kind: Activation, dropout: Dropout): Tensor2D {
  const functions: Record<Activation, () => Tensor2D> = {
    gelu: () => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)),
    gelu_new: () => {
      const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
      return mul(mul(x, 0.5), add(tanh(inner), 1));
    },
    relu: () => relu(x),
    tanh: () => tanh(x),
    identity: () => mul(x, 1),
  };
  return dropped(functions[kind](), dropout);
}

/** LayerNorm over the last axis: [N, H]. */
export function layerNormComposed(x: Tensor2D, gain: Tensor1D, bias: Tensor1D, epsilon: number): Tensor2D {
  const centred = sub(x, mean(x, 1, true));
  const variance = mean(mul(centred, centred), 1, true);
  return add(mul(mul(centred, rsqrt(add(variance, epsilon))), gain), bias);
}

/** LayerNorm(residual + dropout(x)). */
export function residualNormComposed(
  x: Tensor2D,
  residual: Tensor2D,
  gain: Tensor1D,
  bias: Tensor1D,
  epsilon: number,
  dropout: Dropout,
): Tensor2D {
  return layerNormComposed(add(residual, dropped(x, dropout)), gain, bias, epsilon);
}

function rowsOf(table: Tensor2D, rows: Int32Array): Tensor2D {
  const [count] = table.shape;
  const selected = new Float32Array(rows.length * count);
  for (const [i, row] of rows.entries()) selected[i * count + row] = 1;
  return matMul(tensor2d(selected, [rows.length, count]), table);
}

/** Dropout(LayerNorm(words[word] + positions[position])): [N, H]. `tokens` as in `PackedBatch`. */
export function embedComposed(
  words: Tensor2D,
  positions: Tensor2D | null,
  gain: Tensor1D,
  bias: Tensor1D,
  tokens: Int32Array,
  epsilon: number,
  dropout: Dropout,
): Tensor2D {
  const N = tokens.length / 5;
  let h = rowsOf(words, tokens.subarray(0, N));
  if (positions) h = add(h, rowsOf(positions, tokens.subarray(N, 2 * N)));
  return dropped(layerNormComposed(h, gain, bias, epsilon), dropout);
}

/** x [R, H] with the first row of types [T, H] added to every row. */
export function addFirstRowComposed(x: Tensor2D, types: Tensor2D): Tensor2D {
  return add(x, slice(types, [0, 0], [1, x.shape[1]]));
}

/** Mean of each title's rows: [N, H] -> [B, H]. */
export function meanPoolComposed(x: Tensor2D, firsts: Int32Array, tokens: Int32Array): Tensor2D {
  const N = tokens.length / 5;
  const shares = new Float32Array(firsts.length * N);
  for (const [title, begin] of firsts.entries()) {
    const end = tokens[3 * N + begin];
    shares.fill(1 / (end - begin), title * N + begin, title * N + end);
  }
  return matMul(tensor2d(shares, [firsts.length, N]), x);
}

/** First row of each title: [N, H] -> [B, H]. */
export function firstRowsComposed(x: Tensor2D, firsts: Int32Array): Tensor2D {
  return rowsOf(x, firsts);
}

/** Pairs of one title 0, all others very negative: [N, N]; dropout factors of the probabilities: [A, N, N]. */
function pairConstants(tokens: Int32Array, heads: number, dropout: Dropout): [Tensor, Tensor] {
  const N = tokens.length / 5;
  const bias = new Float32Array(N * N).fill(-1e30);
  const factors = new Float32Array(heads * N * N).fill(1);
  const all = dropoutFactors(dropout, dropout.rate === 0 ? 0 : N * heads * attentionSeedStride);
  for (let i = 0; i < N; i++) {
    const begin = tokens[2 * N + i];
    for (let j = begin; j < tokens[3 * N + i]; j++) {
      bias[i * N + j] = 0;
      if (dropout.rate === 0) continue;
      for (let a = 0; a < heads; a++)
        factors[(a * N + i) * N + j] = all[(i * heads + a) * attentionSeedStride + j - begin];
    }
  }
  return [tensor(bias, [N, N]), tensor(factors, [heads, N, N])];
}

/** Softmax attention inside each title: qkv [N, 3H] -> [N, H]. */
export function attentionComposed(qkv: Tensor2D, tokens: Int32Array, heads: number, dropout: Dropout): Tensor2D {
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const [bias, factors] = pairConstants(tokens, heads, dropout);
  const part = (k: number): Tensor => transpose(reshape(slice(qkv, [0, k * H], [N, H]), [N, heads, D]), [1, 0, 2]); // [A, N, D]
  const scores = add(div(matMul(part(0), part(1), false, true), Math.sqrt(D)), bias); // [A, N, N]
  const context = matMul(mul(softmax(scores), factors), part(2)); // [A, N, D]
  return reshape(transpose(context, [1, 0, 2]), [N, H]);
}

/**
 * DeBERTa's attention: qkv [N, 3H], positions as keys and as queries [count, H] each (null: without), `rowOf` the row that a distance
 * takes -> [N, H].
 */
export function disentangledComposed(
  qkv: Tensor2D,
  keys: Tensor2D | null,
  queries: Tensor2D | null,
  rowOf: (distance: number) => number,
  tokens: Int32Array,
  heads: number,
  dropout: Dropout,
): Tensor2D {
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const [bias, factors] = pairConstants(tokens, heads, dropout);
  const headed = (x: Tensor2D): Tensor3D => transpose(reshape(x, [x.shape[0], heads, D]), [1, 0, 2]);
  const part = (k: number): Tensor3D => headed(slice(qkv, [0, k * H], [N, H])); // [A, N, D]
  const count = (keys ?? queries)!.shape[0];
  const taken = new Float32Array(N * N * count);
  for (let i = 0; i < N; i++) {
    const begin = tokens[2 * N + i];
    for (let j = begin; j < tokens[3 * N + i]; j++) taken[(i * N + j) * count + rowOf(i - j)] = 1;
  }
  const pairs = tensor(taken, [1, N, N, count]);
  const root = Math.sqrt(D * (1 + Number(keys !== null) + Number(queries !== null)));
  let scores: Tensor = matMul(part(0), part(1), false, true); // [A, N, N]
  if (keys) {
    const all = reshape(matMul(part(0), headed(keys), false, true), [heads, N, 1, count]);
    scores = add(scores, sum(mul(all, pairs), 3));
  }
  if (queries) {
    const all = reshape(matMul(part(1), headed(queries), false, true), [heads, 1, N, count]);
    scores = add(scores, sum(mul(all, pairs), 3));
  }
  const probabilities = softmax(add(div(scores, root), bias));
  const context = matMul(mul(probabilities, factors), part(2)); // [A, N, D]
  return reshape(transpose(context, [1, 0, 2]), [N, H]);
}

/** Mean over B x C of the binary cross-entropy with logits; positives of label c weigh `posWeight[c]`. */
export function bceComposed(logits: Tensor2D, labels: Tensor2D, posWeight: Tensor1D): Tensor {
  // (1 - y) z + (1 + (w - 1) y) (log(1 + exp(-|z|)) + max(-z, 0)), as torch's BCEWithLogitsLoss
  const weight = add(mul(sub(posWeight, 1), labels), 1);
  const softplus = add(log1p(exp(neg(abs(logits)))), relu(neg(logits)));
  return mean(add(mul(sub(1, labels), logits), mul(weight, softplus)));
}
