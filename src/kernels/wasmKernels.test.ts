import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import type { Layout } from './productLayout.ts';
import { writtenKernels, type WasmKernels } from './wasmKernels.ts';

async function start(relaxed: boolean, shared: boolean): Promise<{ kernels: WasmKernels; heap: Float32Array }> {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 16, shared });
  const { instance } = await WebAssembly.instantiate(writtenKernels(relaxed, shared), { host: { memory } });
  return { kernels: instance.exports as unknown as WasmKernels, heap: new Float32Array(memory.buffer) };
}

/** The largest difference from the sum in double precision, and what was written outside the result. */
function productError(
  { kernels, heap }: Awaited<ReturnType<typeof start>>,
  layout: Layout,
  [M, P, K]: [number, number, number],
  biased: boolean,
): { difference: number; outside: number } {
  const random = new Random(M * P + K);
  const places = [M * K, P * K, P, M * P, 8 * K].map((_, i, sizes) =>
    sizes.slice(0, i).reduce((sum, n) => sum + n, 16),
  );
  const [a, b, bias, y, panel] = places;
  for (let i = 0; i < panel + 8 * K; i++) heap[i] = random.normal();
  const before = heap.slice();
  kernels[layout](4 * a, 4 * b, biased ? 4 * bias : 0, 4 * y, 4 * panel, M, P, K);
  let difference = 0;
  for (let m = 0; m < M; m++) {
    for (let p = 0; p < P; p++) {
      let sum = biased ? heap[bias + p] : 0;
      for (let k = 0; k < K; k++) {
        const left = heap[a + (layout === 'TN' ? k * M + m : m * K + k)];
        sum += left * heap[b + (layout === 'NT' ? p * K + k : k * P + p)];
      }
      difference = Math.max(difference, Math.abs(sum - heap[y + m * P + p]));
    }
  }
  const outside = heap.findIndex((value, i) => value !== before[i] && (i < y || i >= panel + 8 * K));
  return { difference, outside };
}

describe.each([
  ['plain', false, false],
  ['on shared memory', false, true],
  // Node 20 knows these behind a flag only.
  ...(WebAssembly.validate(writtenKernels(true, false)) ? [['relaxed', true, false] as const] : []),
] as const)('kernels in WebAssembly, %s', (_, relaxed, shared) => {
  // Every count of rows from one block to the next, one step and many, one panel and several.
  const sizes: [number, number, number][] = [1, 2, 3, 4, 5, 6, 7, 11, 12, 29].map((M, i) => [
    M,
    8 * (1 + (i % 3)),
    4 * (1 + 5 * (i % 4)),
  ]);

  it.each(['NT', 'NN', 'TN'] as const)('products %s as in double precision', async (layout) => {
    const started = await start(relaxed, shared);
    for (const size of sizes) {
      const { difference, outside } = productError(started, layout, size, layout === 'NT' && size[0] % 2 === 0);
      expect(difference, `${layout} ${size.join(' x ')}`).toBeLessThan(2e-5);
      expect(outside, `${layout} ${size.join(' x ')} wrote outside`).toBe(-1);
    }
  });

  it.each([1, 3, 17])('TN sums over %d rows, which need not be a multiple of 4', async (K) => {
    expect(productError(await start(relaxed, shared), 'TN', [7, 16, K], false).difference).toBeLessThan(2e-5);
  });

  it('updates whole vec4s as AdamW does, and nothing behind them', async () => {
    const { kernels, heap } = await start(relaxed, shared);
    const random = new Random(1);
    for (let i = 0; i < 80; i++) heap[i] = Math.abs(random.normal());
    const [p, g, m, v] = [0, 20, 40, 60].map((from) => Float64Array.from(heap.subarray(from, from + 20)));
    const [clip, beta1, beta2, shrink, rate, perRoot2, epsilon] = [0.5, 0.9, 0.999, 0.99, 0.01, 1.5, 1e-8];
    kernels.adamW(0, 80, 160, 240, 64, clip, beta1, beta2, 1 - beta1, 1 - beta2, shrink, rate, perRoot2, epsilon);
    for (let i = 0; i < 16; i++) {
      const slope = clip * g[i];
      m[i] = beta1 * m[i] + (1 - beta1) * slope;
      v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
      p[i] = p[i] * shrink - (rate * m[i]) / (Math.sqrt(v[i]) * perRoot2 + epsilon);
    }
    for (const [k, expected] of [p, g, m, v].entries())
      for (const [i, value] of expected.entries()) expect(heap[20 * k + i], `array ${k}, ${i}`).toBeCloseTo(value, 6);
  });
});
