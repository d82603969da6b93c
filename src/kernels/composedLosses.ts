/** The losses once more from stock tfjs ops, as in `composed.ts`: what the kernels are compared with. */
import {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  log,
  log1p,
  logSumExp,
  matMul,
  maximum,
  mean,
  mul,
  neg,
  norm,
  pow,
  range,
  relu,
  reshape,
  sigmoid,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { AsymmetricSettings } from './asymmetric.ts';

function softplus(x: Tensor): Tensor {
  return add(log1p(exp(neg(abs(x)))), relu(x));
}

/** As `focalLoss`. */
export function focalComposed(logits: Tensor2D, labels: Tensor2D, posWeight: Tensor1D, gamma: number): Tensor {
  const [above, below] = [softplus(logits), softplus(neg(logits))];
  const present = mul(mul(labels, posWeight), mul(exp(mul(above, -gamma)), below));
  return mean(add(present, mul(sub(1, labels), mul(exp(mul(below, -gamma)), above))));
}

/** As `asymmetricLoss`, for logits at which no probability rounds to 1. */
export function asymmetricComposed(
  logits: Tensor2D,
  labels: Tensor2D,
  posWeight: Tensor1D,
  { positive, negative, margin }: AsymmetricSettings,
): Tensor {
  const shifted = relu(sub(sigmoid(logits), margin));
  const present = mul(exp(mul(softplus(logits), -positive)), softplus(neg(logits)));
  const absent = mul(pow(shifted, negative), neg(log(sub(1, shifted))));
  return mean(add(mul(mul(labels, posWeight), present), mul(sub(1, labels), absent)));
}

/** 1 where a row's class is, else 0: [M, V]. */
function chosenOf(targets: Tensor1D, V: number): Tensor {
  return cast(equal(reshape(targets, [targets.size, 1]), range(0, V, 1, 'int32')), 'float32');
}

/** As `crossEntropy`; `weights` [V]. */
export function crossEntropyComposed(
  logits: Tensor2D,
  targets: Tensor1D,
  weights: Tensor1D,
  smoothing: number,
): Tensor {
  const V = logits.shape[1];
  const losses = mul(sub(logSumExp(logits, 1, true), logits), weights); // [M, V]
  const chosen = chosenOf(targets, V);
  const kept = mul(sum(mul(losses, chosen)), 1 - smoothing);
  return div(add(kept, mul(sum(losses), smoothing / V)), sum(mul(chosen, weights)));
}

/** As `l2Normalise`. */
export function l2NormaliseComposed(x: Tensor2D, scale: number): Tensor2D {
  return mul(scale, div(x, maximum(norm(x, 'euclidean', 1, true), 1e-12)));
}

/** As `contrastiveLoss` of `nn`. */
export function contrastiveComposed(a: Tensor2D, b: Tensor2D, temperature: number, symmetric: boolean): Tensor {
  const scores = matMul(l2NormaliseComposed(a, 1 / temperature), l2NormaliseComposed(b, 1), false, true); // [B, B]
  const own = sum(mul(scores, chosenOf(range(0, a.shape[0], 1, 'int32'), a.shape[0])), 1); // [B]
  const across = mean(sub(logSumExp(scores, 1), own));
  return symmetric ? div(add(across, mean(sub(logSumExp(scores, 0), own))), 2) : across;
}
