/** LayerNorm's forms on WASM, plain loops over the heap: see norm.ts. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { dropThreshold, hash32, keepScale, type Dropout } from './dropout.ts';
import { allocate, floats } from './wasmHeap.ts';

export function residualNormWasm(
  x: Tensor,
  residual: Tensor,
  gain: Tensor,
  bias: Tensor,
  epsilon: number,
  { rate, seed }: Dropout,
): Tensor[] {
  const outputs = [allocate(x.shape), allocate(x.shape), allocate([x.shape[0]])];
  const [y, normalised, rstd] = outputs.map(floats);
  const [from, held] = [floats(x), floats(residual)];
  if (rate === 0) for (let i = 0; i < from.length; i++) normalised[i] = held[i] + from[i];
  else {
    const threshold = dropThreshold(rate);
    const scale = keepScale(rate);
    for (let i = 0; i < from.length; i++)
      normalised[i] = hash32(seed, i) < threshold ? held[i] : held[i] + from[i] * scale;
  }
  normaliseWasm(y, normalised, rstd, floats(gain), floats(bias), epsilon);
  return outputs;
}

export function layerNormWasm(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor[] {
  const outputs = [allocate(x.shape), allocate(x.shape), allocate([x.shape[0]])];
  const [y, normalised, rstd] = outputs.map(floats);
  normalised.set(floats(x));
  normaliseWasm(y, normalised, rstd, floats(gain), floats(bias), epsilon);
  return outputs;
}

/** `normalised` holds the rows to normalise and is overwritten; `y` is gain * normalised + bias. */
export function normaliseWasm(
  y: Float32Array,
  normalised: Float32Array,
  rstd: Float32Array,
  gain: Float32Array,
  bias: Float32Array,
  epsilon: number,
): void {
  const H = gain.length;
  for (let row = 0; row < rstd.length; row++) {
    const from = row * H;
    let sum = 0;
    for (let i = 0; i < H; i++) sum += normalised[from + i];
    const mean = sum / H;
    let squares = 0;
    for (let i = 0; i < H; i++) {
      const c = normalised[from + i] - mean;
      squares += c * c;
    }
    const scale = 1 / Math.sqrt(squares / H + epsilon);
    rstd[row] = scale;
    for (let i = 0; i < H; i++) {
      const n = (normalised[from + i] - mean) * scale;
      normalised[from + i] = n;
      y[from + i] = n * gain[i] + bias[i];
    }
  }
}

export function normGradientWasm(
  dy: Tensor,
  normalised: Tensor,
  rstd: Tensor,
  gain: Tensor,
): { sum: Tensor; gain: Tensor; bias: Tensor } {
  const [N, H] = dy.shape;
  const outputs = { sum: allocate([N, H]), gain: allocate([H]), bias: allocate([H]) };
  const [dx, dGain, dBias] = [floats(outputs.sum), floats(outputs.gain).fill(0), floats(outputs.bias).fill(0)];
  const [from, unit, scales, factor] = [floats(dy), floats(normalised), floats(rstd), floats(gain)];
  for (let row = 0; row < N; row++) {
    const start = row * H;
    let a = 0;
    let b = 0;
    for (let i = 0; i < H; i++) {
      const d = from[start + i];
      const n = unit[start + i];
      dGain[i] += d * n;
      dBias[i] += d;
      a += d * factor[i];
      b += d * factor[i] * n;
    }
    a /= H;
    b /= H;
    for (let i = 0; i < H; i++) dx[start + i] = scales[row] * (from[start + i] * factor[i] - a - unit[start + i] * b);
  }
  return outputs;
}
