/** The whole recipe on the shipped encoder: learns a rule, repeats for a seed, survives its own package, reads elsewhere. */
import { AutoConfig, AutoTokenizer, env } from '@huggingface/transformers';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitDataset } from '../data/split.ts';
import { defaultCleaning } from '../data/cleaning.ts';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { readModelZip, writeModelZip } from '../formats/package.ts';
import { startBackend } from '../kernels/backend.ts';
import { sigmoid } from '../metrics/classification.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { defaultTrainingConfig, type EpochRecord, type FinetunedRun, type TrainingConfig } from '../shared/training.ts';
import { expectClose } from '../testing/close.ts';
import { testRecord } from '../testing/runRecord.ts';
import { createPredictor } from '../training/trainer.ts';
import { readEncoder, withHead, type Encoder } from './encoder.ts';
import { finetune, pickExamples, positiveWeights, type FinetuneEvent, type FinetuneResult } from './finetune.ts';
import { packageFiles } from './package.ts';

const labelNames = ['Director', 'Manager', 'Staff'];
const levels = [
  { words: ['Director of', 'Head of', 'Managing Director,'], label: 0 },
  { words: ['Manager,', 'Team Manager,', 'Manager of'], label: 1 },
  { words: ['Analyst,', 'Assistant,', 'Clerk,'], label: 2 },
];
const areas =
  'Sales Finance Marketing Nursing Logistics Research Security Payroll Design Quality Training Housing'.split(' ');

/** Titles whose first words decide the label. */
function ruleDataset(): Dataset {
  const titles: string[] = [];
  const labels: number[] = [];
  for (const area of areas) {
    for (const { words, label } of levels) {
      for (const word of words) {
        titles.push(`${word} ${area}`);
        labels.push(...labelNames.map((_, i) => (i === label ? 1 : 0)));
      }
    }
  }
  return {
    name: 'rule',
    titles: packStrings(titles),
    labelNames,
    labels: Uint8Array.from(labels),
    rowNumbers: Uint32Array.from(titles, (_, row) => row + 2),
    groups: Uint32Array.from(titles.keys()),
    cleaning: defaultCleaning,
    unlabelled: { kind: 'drop' },
    fingerprint: '0',
  };
}

async function shippedEncoder(): Promise<Encoder> {
  const folder: ModelFolder = new Map();
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']) {
    const response = await fetch(`/models/rung-mini/${name}`);
    folder.set(name, await response.blob());
  }
  return readEncoder(folder);
}

const settings: TrainingConfig = {
  ...defaultTrainingConfig,
  encoder: { kind: 'shipped', id: 'rung-mini' },
  epochs: 6,
  earlyStoppingPatience: null,
  bestBy: 'microF1',
  batchSize: 16,
  learningRate: 1e-3,
};

const gate = async (): Promise<void> => undefined;

async function run(
  encoder: Encoder,
  change: Partial<TrainingConfig> = {},
  signal = new AbortController().signal,
  dataset = ruleDataset(),
) {
  const config = { ...settings, ...change };
  const split = splitDataset(dataset.labels, labelNames.length, dataset.groups, config.split, config.seed);
  const { architecture, weights } = withHead(encoder, labelNames.length, { ...config, keepHead: false });
  const { tokenizer } = encoder;
  const recipe = finetune({ dataset, split, settings: config, architecture, weights, tokenizer, signal, gate });
  const epochs: EpochRecord[] = [];
  const notices: string[] = [];
  const phases: Extract<FinetuneEvent, { type: 'phase' }>[] = [];
  let next = await recipe.next();
  while (!next.done) {
    if (next.value.type === 'epoch') epochs.push(next.value.record);
    if (next.value.type === 'notice') notices.push(next.value.message);
    if (next.value.type === 'phase') phases.push(next.value);
    next = await recipe.next();
  }
  return { result: next.value, epochs, notices, phases, split, architecture };
}

function recordOf(result: FinetuneResult, epochs: EpochRecord[]): FinetunedRun {
  return testRecord({
    config: settings,
    data: { ...testRecord().data, labelNames, labelRows: [36, 36, 36], cleaning: defaultCleaning },
    epochs,
    bestEpoch: result.bestEpoch,
    thresholds: result.thresholds,
    test: { report: result.report, rows: result.testRows },
  });
}

describe('finetune', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    await startBackend('wasm', location.href);
    encoder = await shippedEncoder();
  });

  it('learns a rule, and its package predicts the same', async () => {
    const { result, epochs, architecture } = await run(encoder);
    expect(epochs.length).toBe(6);
    expect(result.stopped).toBe(false);
    expect(result.bestEpoch).not.toBeNull();
    expect(result.report.microF1.value).toBeGreaterThan(0.85);
    expect(result.report.microF1.value).toBeGreaterThan(result.report.constantMicroF1 + 0.2);
    expect(result.testRows.length).toBe(result.report.rows);

    const files = packageFiles(recordOf(result, epochs), architecture, result.weights, encoder.files);
    const again = await readEncoder(await readModelZip(new Blob([writeModelZip(files)]), 'rule.zip'));
    expect(again.labelNames).toEqual(labelNames);
    const model = withHead(again, labelNames.length, { keepHead: true, seed: 0, dropout: 0 });
    expect(model.unused).toEqual([]);
    const predictor = createPredictor(model.architecture, model.weights);
    const titles = result.testRows.map((row) => row.title);
    const probabilities = sigmoid(await predictor.logits(again.tokenizer.encodeMany(titles, settings.maxTokens)));
    predictor.dispose();
    const before = result.testRows.flatMap((row) => row.probabilities);
    const largest = Math.max(...before.map((value, i) => Math.abs(value - probabilities[i])));
    expect(largest).toBeLessThanOrEqual(1e-5);
  });

  it('repeats for a seed', async () => {
    const [first, second, other] = [
      await run(encoder, { epochs: 1 }),
      await run(encoder, { epochs: 1 }),
      await run(encoder, { epochs: 1, seed: 7 }),
    ];
    expect(second.epochs[0].trainLoss).toBe(first.epochs[0].trainLoss);
    expect(second.result.testRows).toEqual(first.result.testRows);
    expect(other.result.testRows.map((row) => row.title)).not.toEqual(first.result.testRows.map((row) => row.title));
  });

  it('learns beside the labels what fold models say, and chooses thresholds on their answers, too', async () => {
    // Some labels are wrong; the last training row stands for one that was written by hand.
    const dataset = ruleDataset();
    for (const row of [3, 30, 60, 90]) dataset.labels.set([1, 1, 1], row * labelNames.length);
    const sides = splitDataset(dataset.labels, labelNames.length, dataset.groups, settings.split, settings.seed);
    dataset.rowNumbers[sides.train.at(-1)!] = 0;
    const change = { distillationFolds: 2, epochs: 8 };
    const { result, epochs, phases, split } = await run(encoder, change, undefined, dataset);
    const told = phases.filter(({ message }) => message.startsWith('Fold model'));
    expect(new Set(told.map(({ message }) => message))).toEqual(new Set(['Fold model 1 of 2', 'Fold model 2 of 2']));
    const fractions = told.map(({ fraction }) => fraction ?? 0);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions[0]).toBe(0);
    // The second begins at a quarter: each of the two takes half as long as the model that is kept.
    expect(told.find(({ message }) => message === 'Fold model 2 of 2')!.fraction).toBeCloseTo(0.25, 1);
    expect(fractions.at(-1)).toBeLessThan(0.55);
    const rows = [...split.train.slice(0, -1), ...split.validation];
    expect(result.validation.actual).toEqual(
      Uint8Array.from(rows.flatMap((row) => Array.from(dataset.labels.subarray(3 * row, 3 * row + 3)))),
    );
    expect(result.validation.probabilities.length).toBe(result.validation.actual.length);
    // They have not seen the rows they answer, and know the rule all the same: on rows whose label is right they say it.
    const wrong = rows.flatMap((row, i) => {
      if ([3, 30, 60, 90].includes(row)) return [];
      const label = dataset.labels.subarray(3 * row, 3 * row + 3).indexOf(1);
      const said = Array.from(result.validation.probabilities.subarray(3 * i, 3 * i + 3));
      return said.indexOf(Math.max(...said)) === label ? [] : [row];
    });
    expect(wrong.length).toBeLessThan(rows.length / 5);
    // What they took counts: the first epoch of the model that is kept begins after them.
    expect(epochs[0].seconds).toBeGreaterThan(epochs[1].seconds - epochs[0].seconds);
  });

  it('is what it was without fold models when nothing of their answers is learnt', async () => {
    const plain = await run(encoder, { epochs: 1, thresholds: 'half' });
    const none = await run(encoder, { epochs: 1, thresholds: 'half', distillationFolds: 2, distillationShare: 0 });
    expect(none.result.testRows).toEqual(plain.result.testRows);
  });

  it('stops early when F1 does not rise, and says so', async () => {
    const { epochs, notices, result } = await run(encoder, { epochs: 9, learningRate: 0, earlyStoppingPatience: 2 });
    expect(epochs.length).toBe(3);
    expect(result.bestEpoch).toBe(1);
    expect(notices).toEqual([expect.stringContaining('has not risen for 2 epochs')]);
  });

  it('trains a frozen encoder with the asymmetric loss, its epochs judged at thresholds that suit them', async () => {
    const { epochs, notices, result } = await run(encoder, { epochs: 2, loss: 'asymmetric', frozenLayers: 99 });
    expect(notices).toEqual([expect.stringContaining('only the head is trained')]);
    // Of the three labels each title has one: all of them at once would be .5.
    expect(epochs.at(-1)!.microF1).toBeGreaterThanOrEqual(0.5);
    for (const [name, { data }] of result.weights) {
      const before = encoder.weights.get(name);
      if (before && !/classifier/.test(name)) expectClose(data, before.data, 0, name);
    }
  });

  it('keeps what it has when it is stopped before the first epoch ends', async () => {
    const abort = new AbortController();
    abort.abort();
    const { epochs, result } = await run(encoder, {}, abort.signal);
    expect(epochs).toEqual([]);
    expect(result.stopped).toBe(true);
    expect(result.bestEpoch).toBeNull();
    expect(result.report.rows).toBe(result.testRows.length);
    expect(result.weights.get('classifier.weight')?.shape).toEqual([labelNames.length, encoder.architecture.dim]);
  });

  it('is read by transformers.js: the same config and the same token ids', async () => {
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = '/models/';
    const config: unknown = await AutoConfig.from_pretrained('rung-mini');
    expect(config).toMatchObject({ model_type: 'distilbert', dim: encoder.architecture.dim });
    const theirs = await AutoTokenizer.from_pretrained('rung-mini');
    for (const title of ['Director of Nursing', 'VP, R&D – "Asia"', 'Ingénieur Réseau', '', 'C++ / C# Dev (Sr.)']) {
      expect(encoder.tokenizer.encode(title, 64)).toEqual(theirs.encode(title));
    }
  });
});

describe('positiveWeights', () => {
  const examples = pickExamples(
    { ids: Int32Array.of(1, 2, 3, 4), starts: Uint32Array.of(0, 1, 2, 3, 4) },
    Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 1),
    2,
    Uint32Array.of(3, 0, 1, 2),
  );

  it('picks rows in the order given', () => {
    expect(Array.from(examples.ids)).toEqual([4, 1, 2, 3]);
    expect(Array.from(examples.labels)).toEqual([1, 1, 1, 0, 1, 0, 1, 0]);
  });

  it('are negatives over positives, held within bounds', () => {
    expect(positiveWeights(examples, 'none')).toBeNull();
    expect(Array.from(positiveWeights(examples, 'inverse') ?? [])).toEqual([Math.fround(0.02), 3]);
    expect(positiveWeights(examples, 'sqrt-inverse')?.[1]).toBeCloseTo(Math.sqrt(3), 6);
  });
});
