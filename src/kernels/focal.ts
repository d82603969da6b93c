/**
 * Focal loss for labels (Lin, Goyal, Girshick, He & Dollar 2017, "Focal Loss for Dense Object Detection", arXiv:1708.02002, eq. 4, with
 * the weight of positives in the place of alpha): with p = sigmoid(z), the mean over [B, C] of
 *   y w (1 - p)^gamma (-log p) + (1 - y) p^gamma (-log(1 - p))
 * gamma 0 is weighted binary cross-entropy. Powers are taken as exp(-gamma softplus), which holds at any logit.
 */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { applyLabelLoss, defineLabelLoss, meanOfLabels, softplus } from './labelLoss.ts';

const focal = defineLabelLoss(
  'focal loss',
  ['gamma'],
  /* wgsl */ `
fn value(z: f32, y: f32, w: f32) -> f32 {
  let above = softplus(z);
  let below = softplus(-z);
  return y * w * exp(-u.gamma * above) * below + (1.0 - y) * exp(-u.gamma * below) * above;
}
fn slope(z: f32, y: f32, w: f32) -> f32 {
  let above = softplus(z);
  let below = softplus(-z);
  let p = exp(-below);
  let q = exp(-above);
  return (1.0 - y) * exp(-u.gamma * below) * (u.gamma * q * above + p)
    - y * w * exp(-u.gamma * above) * (u.gamma * p * below + q);
}
`,
  {
    value(z, y, w, [gamma]) {
      const [above, below] = [softplus(z), softplus(-z)];
      return y * w * Math.exp(-gamma * above) * below + (1 - y) * Math.exp(-gamma * below) * above;
    },
    slope(z, y, w, [gamma]) {
      const [above, below] = [softplus(z), softplus(-z)];
      const [p, q] = [Math.exp(-below), Math.exp(-above)];
      return (
        (1 - y) * Math.exp(-gamma * below) * (gamma * q * above + p) -
        y * w * Math.exp(-gamma * above) * (gamma * p * below + q)
      );
    },
  },
);

/** `logits`, `labels` [B, C], `posWeight` [C]; see `applyLabelLoss`. */
export function focalLoss(logits: Tensor2D, labels: Tensor2D, posWeight: Tensor1D, gamma: number): Scalar {
  return applyLabelLoss(focal, [gamma], logits, labels, posWeight);
}

/** The same of plain arrays, in double precision. */
export function meanFocalLoss(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  posWeight: ArrayLike<number> | null,
  gamma: number,
): number {
  return meanOfLabels(focal, [gamma], logits, labels, posWeight);
}
