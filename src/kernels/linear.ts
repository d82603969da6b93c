/**
 * y = x wT + b, the weight laid out [out, in] as PyTorch does: [N, I] x [O, I] + [O] -> [N, O].
 * Gradients: dx = dy w, dw = dyT x, db = the sum of dy's rows (summed by the kernel of dw, which reads dy anyway).
 */
import { engine, reshape, transpose, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { matMulWebGpu } from './matMulWebGpu.ts';
import { shapeOf, type Layout } from './productLayout.ts';
import { addressOf, allocate, floats } from './wasmHeap.ts';
import { isAlone, wasmKernels } from './wasmKernels.ts';
import { panelWidth } from './wasmProducts.ts';

/** The result belongs to the caller's tidy. @throws Error when the shapes do not fit. */
export function linear(x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  if (x.shape[1] !== weight.shape[1] || weight.shape[0] !== bias.shape[0]) {
    throw new Error(`linear: ${shapesOf({ x, weight, bias })} do not fit together`);
  }
  return differentiable<Tensor2D>([x, weight, bias], (save) => {
    save([x, weight]);
    const value = onWebGpu() ? matMulWebGpu('NT', x, weight, bias)[0] : productWasm('NT', x, weight, bias);
    return {
      value: value as Tensor2D,
      gradient: (dy, saved) => {
        const [input, matrix] = saved as Tensor2D[];
        return onWebGpu() ? gradientWebGpu(dy, input, matrix) : gradientWasm(dy, input, matrix);
      },
    };
  });
}

function gradientWebGpu(dy: Tensor2D, x: Tensor2D, weight: Tensor2D): Tensor[] {
  const [dx] = matMulWebGpu('NN', dy, weight, null);
  const [dw, db] = matMulWebGpu('TN', dy, x, null);
  return [dx, dw, db];
}

function gradientWasm(dy: Tensor2D, x: Tensor2D, weight: Tensor2D): Tensor[] {
  return [productWasm('NN', dy, weight, null), productWasm('TN', dy, x, null), columnSumsWasm(dy)];
}

/** As `matMulWebGpu`, but for the sums. */
function productWasm(layout: Layout, a: Tensor2D, b: Tensor2D, bias: Tensor1D | null): Tensor2D {
  const { M, P, K } = shapeOf(layout, a, b);
  const kernels = isAlone() ? wasmKernels() : null;
  const fits = P % panelWidth === 0 && (layout === 'TN' || K % 4 === 0);
  if (!kernels || !fits)
    return stockProduct(layout === 'TN' ? transpose(a) : a, layout === 'NT' ? transpose(b) : b, bias);
  const product = allocate([M, P]);
  const panel = allocate([panelWidth, K]);
  const addresses = [addressOf(a), addressOf(b), bias ? addressOf(bias) : 0, addressOf(product), addressOf(panel)];
  kernels[layout](...addresses, M, P, K);
  panel.dispose();
  return product as Tensor2D;
}

/** XNNPACK's product is fast for plain operands only: tfjs sends transposed ones through a scalar loop. [M, K] x [K, O] -> [M, O] */
function stockProduct(a: Tensor2D, b: Tensor2D, bias: Tensor1D | null): Tensor2D {
  const inputs: Record<string, Tensor> = { a: reshape(a, [1, ...a.shape]), b: reshape(b, [1, ...b.shape]) };
  if (bias) inputs.bias = bias;
  const attributes = { transposeA: false, transposeB: false, activation: 'linear' };
  const product = engine().runKernel('_FusedMatMul', inputs, attributes) as Tensor;
  return reshape(product, [a.shape[0], b.shape[1]]);
}

/** [N, O] -> [O] */
function columnSumsWasm(x: Tensor2D): Tensor1D {
  const sums = allocate([x.shape[1]]) as Tensor1D;
  const from = floats(x);
  const to = floats(sums).fill(0);
  const width = to.length;
  for (let at = 0; at < from.length; at += width) {
    for (let i = 0; i < width; i++) to[i] += from[at + i];
  }
  return sums;
}
