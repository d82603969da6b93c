/** AdamW against its formula in double precision, over several steps, on both backends. */
import { memory, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { adamWStep, zeroMoments } from './adamw.ts';
import type { AdamWItem } from './adamwItem.ts';
import { startBackend } from './backend.ts';
import { setSoftwareAdapter } from './webgpuProgram.ts';

const settings = { learningRate: 0.01, weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const random = new Random(5);
const normals = (size: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: size }, () => random.normal());

interface Case {
  size: number;
  decayed: boolean;
  rateFactor: number;
}

/** Parameters, means and variances after a step, from those before it, in double precision. */
interface State {
  p: Float64Array;
  m: Float64Array;
  v: Float64Array;
}

function expectedStep(states: State[], gradients: Float32Array[], cases: Case[], maxNorm: number, step: number): void {
  const { learningRate, weightDecay, beta1, beta2, epsilon } = settings;
  const norm = Math.hypot(...gradients.flatMap((gradient) => [...gradient]));
  const clip = Math.min(1, maxNorm / (norm + 1e-6));
  for (const [i, { p, m, v }] of states.entries()) {
    const rate = learningRate * cases[i].rateFactor;
    for (let k = 0; k < p.length; k++) {
      const g = gradients[i][k] * clip;
      m[k] = beta1 * m[k] + (1 - beta1) * g;
      v[k] = beta2 * v[k] + (1 - beta2) * g * g;
      const unbiased = Math.sqrt(v[k] / (1 - beta2 ** step));
      p[k] =
        p[k] * (cases[i].decayed ? 1 - rate * weightDecay : 1) -
        (rate * m[k]) / (1 - beta1 ** step) / (unbiased + epsilon);
    }
  }
}

async function valuesOf(tensor: Tensor, from = 0, size = tensor.size): Promise<Float32Array> {
  return (await tensor.data<'float32'>()).slice(from, from + size);
}

function disposeOf(items: AdamWItem[]): void {
  for (const flat of new Set(items.map(({ moments }) => moments.flat))) flat.dispose();
  for (const { parameter, gradient } of items) {
    parameter.dispose();
    gradient.dispose();
  }
}

function itemsOf(gradients: number[][]): AdamWItem[] {
  const slots = zeroMoments(gradients.map(({ length }) => length));
  return gradients.map((gradient, i) => {
    const parameter = tensor1d(gradient.map(() => 1));
    return { parameter, gradient: tensor1d(gradient), moments: slots[i], decayed: true, rateFactor: 1 };
  });
}

describe.each([
  ['wasm', false],
  ['webgpu', true],
  ['webgpu', false],
] as const)('AdamW on %s, software form %s', (backend, software) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
    setSoftwareAdapter(software);
  });

  // More parameters than one kernel takes, sizes that are no multiples of 4 among them.
  const cases: Case[] = [1, 7, 8, 9001, 3, 64, 5, 1, 256, 12, 70_001].map((size, i) => ({
    size,
    decayed: i % 2 === 0,
    rateFactor: i < 4 ? 1 : 0.25,
  }));

  it.each([0.5, 1e9])('three steps with clipping at %d, as the formula says', async (maxGradientNorm) => {
    const before = memory().numTensors;
    const slots = zeroMoments(cases.map(({ size }) => size));
    const starts = cases.map(({ size }) => normals(size));
    const parameters = starts.map((values) => tensor1d(values.slice()));
    const states = starts.map((values) => ({
      p: Float64Array.from(values),
      m: new Float64Array(values.length),
      v: new Float64Array(values.length),
    }));
    const kept = memory().numTensors;
    for (let step = 1; step <= 3; step++) {
      const gradients = cases.map(({ size }) => normals(size));
      tidy(() => {
        const items = cases.map(({ decayed, rateFactor }, i) => {
          return { parameter: parameters[i], gradient: tensor1d(gradients[i]), moments: slots[i], decayed, rateFactor };
        });
        adamWStep(items, { ...settings, maxGradientNorm, step });
      });
      expectedStep(states, gradients, cases, maxGradientNorm, step);
    }
    expect(memory().numTensors).toBe(kept);
    for (const [i, { size }] of cases.entries()) {
      const { flat, at } = slots[i];
      expectClose(await valuesOf(flat, at, size), Float32Array.from(states[i].m), 2e-6, `mean ${i}`);
      expectClose(
        await valuesOf(flat, at + Math.ceil(size / 4) * 4, size),
        Float32Array.from(states[i].v),
        2e-6,
        `variance ${i}`,
      );
      const moved = expectClose(await valuesOf(parameters[i]), Float32Array.from(states[i].p), 1e-4, `parameter ${i}`);
      expect(moved).toBeLessThan(1e-4);
    }
    for (const flat of new Set(slots.map((slot) => slot.flat))) flat.dispose();
    for (const parameter of parameters) parameter.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('leaves out what it is not given: neither changed nor counted in the norm', async () => {
    const [frozen, ...items] = itemsOf([[1e9, 1e9], [3, 4], [0]]);
    tidy(() => adamWStep(items, { ...settings, weightDecay: 0, maxGradientNorm: 5, step: 1 }));
    expect([...(await valuesOf(frozen.parameter))]).toEqual([1, 1]);
    expect([...(await valuesOf(frozen.moments.flat, frozen.moments.at, 2))]).toEqual([0, 0]);
    const { flat, at } = items[0].moments;
    // Clipped by the other frozen one's gradient this would be near 0.
    expectClose(await valuesOf(flat, at, 2), Float32Array.of(0.3, 0.4), 1e-6, 'mean');
    tidy(() => adamWStep([], { ...settings, maxGradientNorm: 5, step: 2 }));
    disposeOf([frozen, ...items]);
  });

  it('keeps a NaN, so that a diverged run shows', async () => {
    const items = itemsOf([
      [1, NaN, 1, 1],
      [1, 1, 1, 1],
    ]);
    tidy(() => adamWStep(items, { ...settings, maxGradientNorm: 1, step: 1 }));
    // The norm over all gradients is NaN, and with it every update.
    for (const { parameter } of items) expect([...(await valuesOf(parameter))]).toEqual([NaN, NaN, NaN, NaN]);
    disposeOf(items);
  });
});
