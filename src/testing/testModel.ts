import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import type { ModelInfo } from '../shared/training.ts';

/** A model for tests with rules in place of weights: a label's probability is 0.9 where its word stands in the title, else 0.1. */
export const testModel: ModelInfo = {
  id: 'run-1',
  name: 'First run',
  labelNames: ['Chief Officer', 'Director', 'Manager'],
  thresholds: [0.5, 0.4, 0.6],
  cleaning: { html: true, unicode: true, separators: false, symbols: false, lowercase: false, whitespace: true },
  device: { backend: 'wasm', name: '2 threads, SIMD', software: false, threads: 2, explanation: 'On the processor.' },
};

const words = [/chief|\bc[a-z]o\b/i, /director/i, /manager/i];

export async function testPredict(_modelId: string, titles: PackedStrings): Promise<Float32Array<ArrayBuffer>> {
  const rows = unpackStrings(titles).map((title) => words.map((word) => (word.test(title) ? 0.9 : 0.1)));
  return Float32Array.from(rows.flat());
}
