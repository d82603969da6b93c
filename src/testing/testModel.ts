import type { Counterfactuals, Explanation, NearTitles } from '../shared/explanation.ts';
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

/** Explanations of that model: the word of the rule pushes, the others push a little against; "Acting" is taken for what it is not. */
async function explain(_modelId: string, title: string, label: number): Promise<Explanation> {
  let from = 0;
  const parts = title.split(' ').map((text) => {
    const push = words[label].test(text) ? 4.4 : -0.3;
    const drop = text === 'Acting' ? 0.4 : push;
    const word = { text, from, to: from + text.length, push, drop, disagrees: push > 0 !== drop > 0, without: 0.1 };
    from += text.length + 1;
    return word;
  });
  const sum = parts.reduce((total, { push }) => total + push, 0);
  const [probability, logit] = [words[label].test(title) ? 0.9 : 0.1, sum - 2.2];
  const completeness = { baseline: -2.2, steps: 32, error: 0.004 };
  return { title, label, words: parts, unread: 0, probability, logit, completeness };
}

async function counterfactuals(
  _modelId: string,
  title: string,
  label: number,
  threshold: number,
): Promise<Counterfactuals> {
  const holds = words[label].test(title) && threshold <= 0.9;
  const edits = [{ out: 'Manager', into: holds ? null : 'Director' }];
  const found = [
    { title: title.replace('Manager', holds ? '' : 'Director').trim(), edits, probability: holds ? 0.1 : 0.9 },
  ];
  return { label, holds, found, tried: 412, vocabulary: true };
}

async function nearestTitles(): Promise<NearTitles> {
  const near = [
    { title: 'Area Sales Manager', row: 17, copies: 3, labels: [2], similarity: 0.97 },
    { title: 'Sales Manager', row: 201, copies: 1, labels: [], similarity: 0.91 },
  ];
  return { kind: 'found', near, kept: 20_000, total: 84_210 };
}

export const testExplainer = { explain, counterfactuals, nearestTitles };
