/**
 * In-batch contrastive loss of paired embeddings: InfoNCE (van den Oord, Li & Vinyals 2018, arXiv:1807.03748), which sentence encoders know
 * as multiple negatives ranking (Henderson et al. 2017, arXiv:1705.00652): the other pairs of the batch are each pair's negatives.
 */
import { tensor1d, zeros, type Rank, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { accumulate } from '../kernels/accumulate.ts';
import { crossEntropy, plainCrossEntropy } from '../kernels/crossEntropy.ts';
import { differentiable } from '../kernels/device.ts';
import { l2Normalise } from '../kernels/l2Normalise.ts';
import { linear } from '../kernels/linear.ts';

export interface ContrastiveOptions {
  /** Cosines are divided by it; .05 is usual (Gao, Yao & Chen 2021, arXiv:2104.08821). */
  temperature: number;
  /** The mean of both directions, as CLIP (Radford et al. 2021, arXiv:2103.00020); else `b` is ranked for each of `a` only. */
  symmetric: boolean;
}

/**
 * Mean over the pairs of the cross-entropy of cos(a_i, b_j) / temperature with j = i as the right answer. `a` and `b` [B, H], row i of each a
 * pair, not normalised yet. All tensors made belong to the caller's tidy.
 */
export function contrastiveLoss(a: Tensor2D, b: Tensor2D, { temperature, symmetric }: ContrastiveOptions): Scalar {
  const [B] = a.shape;
  if (a.shape.join() !== b.shape.join())
    throw new Error(`contrastiveLoss: a [${a.shape.join()}] and b [${b.shape.join()}] must be of one shape`);
  const targets = tensor1d(
    Int32Array.from({ length: B }, (_, i) => i),
    'int32',
  );
  const [scaled, plain] = [l2Normalise(a, 1 / temperature), l2Normalise(b, 1)];
  const across = ranked(scaled, plain, targets);
  return symmetric ? mean(across, ranked(plain, scaled, targets)) : across;
}

/**
 * The same where several of `a` [M, H] belong to one of `b` [K, H]: `targets` int32 [M] says which. What is long and shared, such as a
 * description, is read once a batch for all its titles.
 */
export function contrastiveLossAmong(a: Tensor2D, b: Tensor2D, targets: Tensor1D, temperature: number): Scalar {
  return ranked(l2Normalise(a, 1 / temperature), l2Normalise(b, 1), targets);
}

/** Cross-entropy of the products of `from` with all of `to`, the right one at `targets`. */
function ranked(from: Tensor2D, to: Tensor2D, targets: Tensor1D): Scalar {
  return crossEntropy(linear(from, to, zeros<Rank.R1>([to.shape[0]])), targets, plainCrossEntropy);
}

/** Of two numbers; tfjs's own sum and product have no gradient here, where only some of its kernels are registered. */
function mean(a: Scalar, b: Scalar): Scalar {
  return differentiable<Scalar>([a, b], () => ({
    value: halves(a, b),
    gradient: (dy) => [halves(dy), halves(dy)],
  }));
}

/** Half of each, added up. */
function halves(...parts: Scalar[]): Scalar {
  const sum = zeros<Rank.R0>([]);
  for (const part of parts) accumulate(sum, part, 0.5);
  return sum;
}
