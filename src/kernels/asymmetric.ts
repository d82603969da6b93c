/**
 * Asymmetric loss for labels (Ridnik et al. 2021, "Asymmetric Loss For Multi-Label Classification", arXiv:2009.14119, eq. 6): with
 * p = sigmoid(z) and the shifted probability r = max(p - margin, 0), the mean over [B, C] of
 *   y w (1 - p)^positive (-log p) + (1 - y) r^negative (-log(1 - r))
 * Labels that are absent and found easily absent (p below the margin) count nothing. The gradient goes through the powers too.
 */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { applyLabelLoss, defineLabelLoss, meanOfLabels, softplus } from './labelLoss.ts';

export interface AsymmetricSettings {
  /** Power of the labels that are there. The paper's choice: 0. */
  positive: number;
  /** Power of the absent ones. The paper's choice: 4. */
  negative: number;
  /** Probability below which an absent label counts nothing. The paper's choice: .05. */
  margin: number;
}

const asymmetric = defineLabelLoss(
  'asymmetric loss',
  ['positive', 'negative', 'margin'],
  /* wgsl */ `
// -log(1 - r): without a margin from the logit, so that it holds where p rounds to 1.
fn surprise(z: f32, q: f32, r: f32) -> f32 {
  if (u.margin == 0.0) { return softplus(z); }
  return select(-log(q + u.margin), r + r * r * (0.5 + r / 3.0), r < 1e-3);
}
fn value(z: f32, y: f32, w: f32) -> f32 {
  let above = softplus(z);
  let below = softplus(-z);
  let present = y * w * exp(-u.positive * above) * below;
  let q = exp(-above);
  let r = exp(-below) - u.margin;
  if (r <= 0.0) { return present; }
  return present + (1.0 - y) * exp(u.negative * log(r)) * surprise(z, q, r);
}
fn slope(z: f32, y: f32, w: f32) -> f32 {
  let above = softplus(z);
  let below = softplus(-z);
  let p = exp(-below);
  let q = exp(-above);
  let present = -y * w * exp(-u.positive * above) * (u.positive * p * below + q);
  let r = p - u.margin;
  if (r <= 0.0) { return present; }
  let rest = select(q + u.margin, q, u.margin == 0.0);
  let power = exp(u.negative * log(r));
  return present + (1.0 - y) * power * (u.negative * q * (p / r) * surprise(z, q, r) + p * (q / rest));
}
`,
  {
    value(z, y, w, [positive, negative, margin]) {
      const present = y * w * Math.exp(-positive * softplus(z)) * softplus(-z);
      const r = Math.exp(-softplus(-z)) - margin;
      return r <= 0 ? present : present + (1 - y) * r ** negative * surprise(z, margin);
    },
    slope(z, y, w, [positive, negative, margin]) {
      const [p, q] = [Math.exp(-softplus(-z)), Math.exp(-softplus(z))];
      const present = -y * w * Math.exp(-positive * softplus(z)) * (positive * p * softplus(-z) + q);
      const r = p - margin;
      if (r <= 0) return present;
      return (
        present + (1 - y) * r ** negative * (negative * q * (p / r) * surprise(z, margin) + p * (q / (q + margin)))
      );
    },
  },
);

/** -log(1 - r) where r = sigmoid(z) - margin is above 0. */
function surprise(z: number, margin: number): number {
  return margin === 0 ? softplus(z) : -Math.log1p(margin - Math.exp(-softplus(-z)));
}

function numbers({ positive, negative, margin }: AsymmetricSettings): number[] {
  return [positive, negative, margin];
}

/** `logits`, `labels` [B, C], `posWeight` [C]; see `applyLabelLoss`. */
export function asymmetricLoss(
  logits: Tensor2D,
  labels: Tensor2D,
  posWeight: Tensor1D,
  settings: AsymmetricSettings,
): Scalar {
  return applyLabelLoss(asymmetric, numbers(settings), logits, labels, posWeight);
}

/** The same of plain arrays, in double precision. */
export function meanAsymmetricLoss(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  posWeight: ArrayLike<number> | null,
  settings: AsymmetricSettings,
): number {
  return meanOfLabels(asymmetric, numbers(settings), logits, labels, posWeight);
}
