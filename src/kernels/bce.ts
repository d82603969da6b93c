/**
 * Mean binary cross-entropy with logits over [B, C], as torch's BCEWithLogitsLoss(pos_weight): for each element, with
 * w = 1 + (posWeight_c - 1) y, (1 - y) z + w (log(1 + exp(-|z|)) + max(-z, 0)). Gradient: ((1 - y) - w (1 - sigmoid(z))) / (B C).
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** `labels` [B, C] of 0 and 1. The result belongs to the caller's tidy; labels and weights must outlive the gradient. */
export function binaryCrossEntropy(logits: Tensor2D, labels: Tensor2D, posWeight: Tensor1D): Scalar {
  if (logits.shape.join() !== labels.shape.join() || posWeight.size !== logits.shape[1]) {
    throw new Error(`binaryCrossEntropy: ${shapesOf({ logits, labels, posWeight })} do not fit together`);
  }
  return differentiable<Scalar>([logits], (save) => {
    save([logits]);
    const [size, C] = [logits.size, logits.shape[1]];
    return {
      value: (onWebGpu()
        ? launch(lossKernel, [logits, labels, posWeight], [[]], [size, C], [1, 1, 1])[0]
        : lossWasm(logits, labels, posWeight)) as Scalar,
      gradient: (dy, [z]) => [
        onWebGpu()
          ? launch(slopeKernel, [z, labels, posWeight, dy], [z.shape], [size, C], workgroupsFor(size, 64))[0]
          : slopeWasm(z, labels, posWeight, dy),
      ],
    };
  });
}

const lossKernel: Kernel = {
  name: 'binary cross-entropy',
  inputs: { z: 'f32', labels: 'f32', weights: 'f32' },
  outputs: { loss: 'f32' },
  uniforms: { size: 'u32', C: 'u32' },
  body: /* wgsl */ `
var<workgroup> parts: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var at = lane; at < u.size; at += 64u) {
    let x = z[at];
    let w = 1.0 + (weights[at % u.C] - 1.0) * labels[at];
    sum += (1.0 - labels[at]) * x + w * (log(1.0 + exp(-abs(x))) + max(-x, 0.0));
  }
  parts[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += parts[k]; }
    loss[0] = sum / f32(u.size);
  }
}`,
};

const slopeKernel: Kernel = {
  name: 'binary cross-entropy gradient',
  inputs: { z: 'f32', labels: 'f32', weights: 'f32', dy: 'f32' },
  outputs: { dz: 'f32' },
  uniforms: { size: 'u32', C: 'u32' },
  body: `${itemsHead}
  let w = 1.0 + (weights[item % u.C] - 1.0) * labels[item];
  dz[item] = dy[0] * ((1.0 - labels[item]) - w / (1.0 + exp(z[item]))) / f32(u.size);
}`,
};

function lossWasm(logits: Tensor2D, labels: Tensor2D, posWeight: Tensor1D): Tensor {
  const result = allocate([]);
  const [z, y, weights] = [logits, labels, posWeight].map(floats);
  floats(result)[0] = meanLoss(z, y, weights);
  return result;
}

/** The same loss of plain arrays, titles x labels, in double precision. */
export function meanLoss(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  posWeight: ArrayLike<number> | null,
): number {
  const C = posWeight?.length ?? 1;
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    const z = logits[at];
    const w = posWeight ? 1 + (posWeight[at % C] - 1) * labels[at] : 1;
    sum += (1 - labels[at]) * z + w * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(-z, 0));
  }
  return sum / logits.length;
}

function slopeWasm(logits: Tensor, labels: Tensor2D, posWeight: Tensor1D, dy: Tensor): Tensor {
  const result = allocate(logits.shape);
  const dz = floats(result);
  const [z, y, weights, factor] = [logits, labels, posWeight, dy].map(floats);
  for (let at = 0; at < dz.length; at++) {
    const w = 1 + (weights[at % weights.length] - 1) * y[at];
    dz[at] = (factor[0] * (1 - y[at] - w / (1 + Math.exp(z[at])))) / dz.length;
  }
  return result;
}
