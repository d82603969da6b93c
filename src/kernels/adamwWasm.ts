/** AdamW's step (see adamw.ts) on WASM. */
import { factors, padded, type AdamWItem, type AdamWStep } from './adamwItem.ts';
import { addressOf, floats, forgetPacked } from './wasmHeap.ts';
import { wasmKernels } from './wasmKernels.ts';

export function adamWStepWasm(items: AdamWItem[], options: AdamWStep): void {
  let squares = 0;
  for (const { gradient } of items) {
    squares += sumOfSquares(floats(gradient));
  }
  const clip = Math.min(1, options.maxGradientNorm / (Math.sqrt(squares) + 1e-6));
  for (const item of items) {
    update(item, options, clip);
    forgetPacked(item.parameter);
  }
}

/** Four sums side by side: one alone waits for each addition before the next. */
function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += values[i] * values[i];
  return a + b + c + d;
}

/** The kernel takes whole vec4s; the loop what is left, or all without SIMD. */
function update(item: AdamWItem, options: AdamWStep, clip: number): void {
  const { rate, shrink, root2 } = factors(options, item);
  const { beta1, beta2, epsilon } = options;
  const { at, flat } = item.moments;
  const size = item.parameter.size;
  const [rest1, rest2, perRoot2] = [1 - beta1, 1 - beta2, 1 / root2];
  const kernels = wasmKernels();
  const whole = kernels ? size - (size % 4) : 0;
  if (kernels) {
    const mean = addressOf(flat) + 4 * at;
    const addresses = [addressOf(item.parameter), addressOf(item.gradient), mean, mean + 4 * padded(size)];
    kernels.adamW(...addresses, 4 * whole, clip, beta1, beta2, rest1, rest2, shrink, rate, perRoot2, epsilon);
  }
  const [p, gradient, moments] = [item.parameter, item.gradient, flat].map(floats);
  for (let i = whole; i < size; i++) {
    const [first, second] = [at + i, at + padded(size) + i];
    const g = gradient[i] * clip;
    const m = beta1 * moments[first] + rest1 * g;
    const v = beta2 * moments[second] + rest2 * g * g;
    moments[first] = m;
    moments[second] = v;
    p[i] = p[i] * shrink - (rate * m) / (Math.sqrt(v) * perRoot2 + epsilon);
  }
}
