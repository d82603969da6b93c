/** Explanations of a model that has learnt a rule: "Director" gives the label Director, "Clerk" gives Staff, other words nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import { keepTitles } from '../explain/keptTitles.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { startBackend } from '../kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import { readEncoder, withHead, type Encoder } from '../recipes/encoder.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { testPredict } from '../testing/testModel.ts';
import { createTrainer } from '../training/trainer.ts';
import { Classifier, type LoadedModel } from './classifier.ts';
import { changeTitle, explainTitle } from './explaining.ts';
import { Neighbours } from './neighbours.ts';

const labelNames = ['Director', 'Staff'];
const fields = 'Sales Finance Marketing Nursing Logistics Research Security Payroll Design Quality'.split(' ');
const titles = fields.flatMap((field) =>
  fields.flatMap((other) => [`Director ${field} ${other}`, `Clerk ${field} ${other}`]),
);
const dataset: Dataset = {
  name: 'rule',
  titles: packStrings(titles),
  labelNames,
  labels: Uint8Array.from(titles.flatMap((title) => (title.startsWith('Director') ? [1, 0] : [0, 1]))),
  rowNumbers: Uint32Array.from(titles, (_, i) => i + 2),
  groups: Uint32Array.from(titles.keys()),
  cleaning: defaultCleaning,
  unlabelled: { kind: 'drop' },
  fingerprint: '0',
};
const all = Uint32Array.from(titles.keys());
const kept = keepTitles(dataset, all);

async function shippedFile(name: string): Promise<Blob> {
  return (await fetch(`/models/rung-mini/${name}`)).blob();
}

/** One small layer with the shipped tokenizer, trained on the rule. */
async function train(): Promise<Encoder> {
  await startBackend('wasm', location.href);
  const shipped = JSON.parse(await (await shippedFile('config.json')).text()) as Record<string, unknown>;
  const json = { ...shipped, n_layers: 1, n_heads: 2, dim: 16, hidden_dim: 32, initializer_range: 0.1 };
  const drawn = initialParameters(parseModelConfig(json), 3);
  const encoder = await readEncoder(
    new Map([
      ['config.json', new Blob([JSON.stringify(json)])],
      ['tokenizer.json', await shippedFile('tokenizer.json')],
      ['tokenizer_config.json', await shippedFile('tokenizer_config.json')],
      ['model.safetensors', new Blob([writeSafetensors(drawn, { dtype: 'F32' })])],
    ]),
  );
  const { architecture, weights } = withHead(encoder, 2, { keepHead: false, seed: 1, dropout: 0 });
  const examples = { ...encoder.tokenizer.encodeMany(titles, 64), labels: dataset.labels, labelCount: 2 };
  const trainer = createTrainer(architecture, weights, {
    epochs: 4,
    batchSize: 20,
    learningRate: 1e-2,
    schedule: 'constant',
    warmup: 0,
    weightDecay: 0,
    dropout: 0,
    posWeight: null,
    maxGradientNorm: 1,
    seed: 1,
  });
  for await (const event of trainer.run(examples, examples, new AbortController().signal)) void event;
  const trained = { ...encoder, architecture, labelNames, weights: await trainer.parameters() };
  trainer.dispose();
  return trained;
}

let training: Promise<Encoder> | null = null;

/** It is trained once for all tests. */
async function trainedClassifier(backend: 'wasm' | 'webgpu'): Promise<Classifier> {
  const encoder = await (training ??= train());
  await startBackend(backend, location.href);
  const thresholds = [0.5, 0.5];
  const form = { cleaning: defaultCleaning, normalisation: null, maxTokens: 64 };
  return new Classifier({ id: 'rule', name: 'Rule', encoder, thresholds, ...form });
}

const ignore = (): void => undefined;

/** A model without gradients: rules of words. */
const rules: LoadedModel = {
  id: 'rules',
  usesDevice: false,
  info: () => ({ id: 'rules', name: '', labelNames: [], thresholds: [], cleaning: defaultCleaning, device: null }),
  predict: (asked) => testPredict('rules', packStrings([...asked])),
  unload: async () => undefined,
};

describe.each(['wasm', 'webgpu'] as const)('why a model says what it says, on %s', (backend) => {
  let model: Classifier;
  beforeAll(async () => {
    model = await trainedClassifier(backend);
  }, 120_000);

  it('is what its words push, and they add up', async () => {
    const rule = (await model.scores(['Director Sales', 'Clerk Sales'])).probabilities;
    expect([rule[0] > 0.9, rule[2] < 0.1]).toEqual([true, true]);
    const explained = await explainTitle(model, '  Director   Sales, Nursing', 0);
    expect(explained.title).toBe('Director Sales, Nursing');
    expect(explained.words.map(({ text }) => text)).toEqual(['Director', 'Sales,', 'Nursing']);
    const pushes = explained.words.map(({ push }) => push ?? NaN);
    const { baseline, error } = explained.completeness!;
    const sum = pushes.reduce((total, push) => total + push, 0);
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(sum - (explained.logit - baseline))).toBeLessThan(
      0.02 * Math.abs(explained.logit - baseline) + 1e-4,
    );
    expect(Math.max(...pushes)).toBe(pushes[0]);
    // The plain check, asked by itself.
    const without = await model.scores(['Sales, Nursing', 'Director Nursing', 'Director Sales,']);
    for (const [i, { drop, without: probability }] of explained.words.entries()) {
      expect(drop).toBeCloseTo(explained.logit - without.logits[2 * i], 4);
      expect(probability).toBeCloseTo(without.probabilities[2 * i], 5);
    }
    expect(explained.words[0].disagrees).toBe(false);
    const against = await explainTitle(model, 'Clerk Sales', 0);
    expect(against.words[0].push).toBeLessThan(-1);
  });

  it('is told of a title of nothing, and of one that is cut', async () => {
    const empty = await explainTitle(model, '', 0);
    expect(empty).toMatchObject({ words: [], unread: 0, completeness: null });
    const long = await explainTitle(model, Array<string>(100).fill('Sales').join(' '), 0);
    expect([long.words.length, long.unread]).toEqual([62, 38]);
    expect(long.completeness!.error).toBeLessThan(0.02);
  });

  it('is turned over by the words of the training titles', async () => {
    const given = await changeTitle(model, 'Clerk Sales', { label: 0, threshold: 0.5 }, kept);
    expect(given).toMatchObject({ holds: false, vocabulary: true });
    expect(given.found[0].edits.at(-1)?.into).toBe('Director');
    expect(given.found.every(({ probability }) => probability >= 0.5)).toBe(true);
    const check = await model.scores(given.found.map(({ title }) => title));
    for (const [i, { probability }] of given.found.entries())
      expect(probability).toBeCloseTo(check.probabilities[2 * i], 5);
    const taken = await changeTitle(model, 'Director Sales', { label: 0, threshold: 0.5 }, kept);
    expect(taken.holds).toBe(true);
    expect(
      taken.found.every(({ edits }) => edits.some(({ out, into }) => out === 'Director' || into === 'Clerk')),
    ).toBe(true);
    const alone = await changeTitle(model, 'Clerk Sales', { label: 0, threshold: 0.5 }, null);
    expect(alone.vocabulary).toBe(false);
    expect(alone.found.flatMap(({ edits }) => edits.filter(({ into }) => into !== null))).toEqual([]);
  });

  it('is like that of the training titles near it, which are embedded once', async () => {
    const neighbours = new Neighbours();
    const told: number[] = [];
    const near = (title: string, wanted = () => true) =>
      neighbours.nearest(model, kept, title, (done) => told.push(done), wanted);
    // Two that come together wait for the same embeddings; a prediction comes in between.
    const [first, second] = await Promise.all([near('Director Sales Finance'), near('clerk payroll design')]);
    expect(told).toEqual([0, 0, 128, 128]);
    expect(first[0]).toMatchObject({ title: 'Director Sales Finance', labels: [0], copies: 1 });
    expect(first[0].similarity).toBeCloseTo(1, 5);
    expect(titles[first[0].row - 2]).toBe('Director Sales Finance');
    expect(first.length).toBe(6);
    expect(second[0]).toMatchObject({ title: 'Clerk Payroll Design', labels: [1] });
    await near('Director of Nursing');
    expect(told.length).toBe(4);
  });

  it('stops embedding when nobody waits for the model, and begins anew when asked', async () => {
    const neighbours = new Neighbours();
    await expect(neighbours.nearest(model, kept, 'Clerk', ignore, () => false)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect((await neighbours.nearest(model, kept, 'Clerk', ignore, () => true)).length).toBe(6);
  });
});

describe('a model without gradients', () => {
  it('is explained by leaving words out, and turned over alike', async () => {
    const explained = await explainTitle(rules, 'Sales Manager', 2);
    expect(explained.completeness).toBeNull();
    expect(explained.words).toMatchObject([
      { text: 'Sales', push: null, drop: 0, disagrees: false },
      { text: 'Manager', push: null, disagrees: false },
    ]);
    expect(explained.words[1].drop).toBeCloseTo(2 * Math.log(9), 4);
    const { found } = await changeTitle(rules, 'Sales Manager', { label: 2, threshold: 0.5 }, null);
    expect(found.map(({ title }) => title)).toEqual(['Sales']);
  });

  it('has log-odds of a length even where it is wholly sure', async () => {
    const sure = {
      ...rules,
      predict: async (asked: readonly string[]) => Float32Array.from(asked, (title) => (title ? 1 : 0)),
    };
    const { logit, words } = await explainTitle(sure, 'CEO', 0);
    expect(logit).toBeCloseTo(Math.log(1e6 - 1), 0);
    expect(Number.isFinite(words[0].drop)).toBe(true);
  });
});

it('training titles that are the same stand once for each set of labels', async () => {
  const model = await trainedClassifier('wasm');
  const same = keepTitles(
    {
      ...dataset,
      titles: packStrings(['Chief Cook', 'chief cook', 'Chief Cook', 'Porter']),
      labels: Uint8Array.of(1, 0, 1, 0, 0, 1, 0, 0),
    },
    Uint32Array.of(0, 1, 2, 3),
  );
  const near = await new Neighbours().nearest(
    model,
    same,
    'Chief Cook',
    () => undefined,
    () => true,
  );
  expect(near.map(({ title, row, copies, labels }) => ({ title, row, copies, labels }))).toEqual([
    { title: 'Chief Cook', row: 2, copies: 2, labels: [0] },
    { title: 'Chief Cook', row: 4, copies: 1, labels: [1] },
    { title: 'Porter', row: 5, copies: 1, labels: [] },
  ]);
});
