/** The whole recipe on the shipped encoder: learns a rule, repeats for a seed, survives its own package, reads elsewhere. */
import { AutoConfig, AutoTokenizer, env } from '@huggingface/transformers';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitDataset } from '../data/split.ts';
import { defaultCleaning } from '../data/cleaning.ts';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { readModelZip, writeModelZip } from '../formats/package.ts';
import { startBackend } from '../kernels/backend.ts';
import { sigmoid } from '../metrics/classification.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { oneModelConfig, type EpochRecord, type FinetunedRun, type TrainingConfig } from '../shared/training.ts';
import { expectClose } from '../testing/close.ts';
import { testRecord } from '../testing/runRecord.ts';
import { createEnsemble } from '../training/ensemble.ts';
import { createPredictor } from '../training/trainer.ts';
import { readEncoder, trainedMembers, withHead, type Encoder } from './encoder.ts';
import {
  finetune,
  pickExamples,
  positiveWeights,
  type FinetuneEvent,
  type FinetuneResult,
  type KeptEpoch,
} from './finetune.ts';
import { memberSides } from './ensemble.ts';
import { labelsOf } from './labelsOf.ts';
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
  ...oneModelConfig,
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
  onEvent: (event: FinetuneEvent) => void = () => {},
) {
  const config = { ...settings, ...change };
  const split = splitDataset(dataset.labels, labelNames.length, dataset.groups, config.split, config.seed);
  const { architecture, weights } = withHead(encoder, labelNames.length, { ...config, keepHead: false });
  const { tokenizer } = encoder;
  const recipe = finetune({ dataset, split, settings: config, architecture, weights, tokenizer, signal, gate });
  const epochs: EpochRecord[] = [];
  const notices: string[] = [];
  const phases: Extract<FinetuneEvent, { type: 'phase' }>[] = [];
  const kept: KeptEpoch[] = [];
  const members: FinetuneEvent[] = [];
  let next = await recipe.next();
  while (!next.done) {
    if (next.value.type === 'epoch') epochs.push(next.value.record);
    if (next.value.type === 'notice') notices.push(next.value.message);
    if (next.value.type === 'phase') phases.push(next.value);
    if (next.value.type === 'epoch' && next.value.kept) kept.push(next.value.kept);
    if (next.value.type === 'member') members.push(next.value);
    onEvent(next.value);
    next = await recipe.next();
  }
  return { result: next.value, epochs, notices, phases, kept, members, split, architecture };
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

    const files = packageFiles(recordOf(result, epochs), architecture, result.members, encoder.files);
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

  it('averages models, each of the rows outside one fold, and keeps each when it has come to its end', async () => {
    const change = { ensembleFolds: 3, epochs: 3, bestBy: 'last', minimumSteps: 0 } as const;
    const { result, epochs, kept, members, architecture, split } = await run(encoder, change);
    expect(members).toEqual([1, 2, 3].map((number) => ({ type: 'member', number, of: 3 })));
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const steps = epochs.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    // Each learns two thirds of the rows outside the test side.
    const outside = split.train.length + split.validation.length;
    expect(Math.abs(steps[8] - (3 * 3 * (2 / 3) * outside) / settings.batchSize)).toBeLessThanOrEqual(9);
    const seconds = epochs.map((record) => record.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(result.members.length).toBe(3);
    expect(result.bestEpoch).toBe(9);
    // Of the later models only the end is kept, together with those before.
    const later = kept.filter(({ epoch }) => epoch > 3);
    expect(later.map(({ epoch, members: own }) => [epoch, own.length])).toEqual([
      [6, 2],
      [9, 3],
    ]);
    const held = memberSides(ruleDataset(), split, { ...settings, ...change }).flatMap((side) => Array.from(side.held));
    expect(result.validation.actual).toEqual(labelsOf(ruleDataset().labels, labelNames.length, Uint32Array.from(held)));
    // What is kept last says of those rows what the result says.
    expectClose(later[1].validation.probabilities, result.validation.probabilities, 1e-5, 'validation');

    // The mean of what each says alone, through the package.
    const record = { ...recordOf(result, epochs), members: 3 };
    const files = packageFiles(record, architecture, result.members, encoder.files);
    const again = await readEncoder(await readModelZip(new Blob([writeModelZip(files)]), 'rule.zip'));
    const trained = trainedMembers(again, labelNames.length);
    const tokens = again.tokenizer.encodeMany(
      result.testRows.map((row) => row.title),
      settings.maxTokens,
    );
    const logitsOf = async (weights: NamedArrays[]) => {
      const reader = createEnsemble(trained.architecture, weights);
      const told: number[] = [];
      const logits = await reader.logits(tokens, (done) => told.push(done));
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      const embeddings = await reader.embeddings(tokens);
      const path = { ids: tokens.ids.slice(0, tokens.starts[1]), label: 1 };
      const from = path.ids.map(() => architecture.padTokenId);
      const along = await reader.alongPath({ ...path, from }, Float64Array.of(0.5, 1));
      reader.dispose();
      return [logits, embeddings, along.logits, along.slopes];
    };
    const together = await logitsOf(trained.members);
    const alone: ArrayLike<number>[][] = [];
    for (const weights of trained.members) alone.push(await logitsOf([weights]));
    for (const [i, values] of together.entries()) {
      const mean = Array.from(values, (_, at) => (alone[0][i][at] + alone[1][i][at] + alone[2][i][at]) / 3);
      expectClose(values, mean, 1e-5, `answer ${i}`);
    }
    const said = Array.from(sigmoid(together[0] as Float32Array));
    expectClose(
      said,
      result.testRows.flatMap((row) => row.probabilities),
      1e-5,
      'test rows',
    );
  });

  it('keeps the models that have come to their end when it is stopped', async () => {
    const abort = new AbortController();
    const change = { ensembleFolds: 3, epochs: 2, bestBy: 'last', minimumSteps: 0 } as const;
    const { result, epochs } = await run(encoder, change, abort.signal, ruleDataset(), (event) => {
      if (event.type === 'epoch' && event.record.epoch === 5) abort.abort();
    });
    expect(epochs.length).toBe(5);
    expect(result).toMatchObject({ stopped: true, bestEpoch: 4 });
    expect(result.members.length).toBe(2);
    // In the moment in which the last of the second is done, it counts.
    const late = new AbortController();
    const ended = await run(encoder, change, late.signal, ruleDataset(), (event) => {
      if (event.type === 'epoch' && event.record.epoch === 4) late.abort();
    });
    expect(ended.kept.at(-1)?.members.length).toBe(2);
    expect(ended.result.members.length).toBe(2);
    expect(ended.result.bestEpoch).toBe(4);
  });

  it('counts steps and epochs of averaged models alike when they end early', async () => {
    const change = { ensembleFolds: 2, epochs: 5, learningRate: 0, earlyStoppingPatience: 1, minimumSteps: 0 };
    const { result, epochs } = await run(encoder, change);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    const [first, second, third] = epochs.map(({ step }) => step);
    expect(Math.abs(third - second - first)).toBeLessThanOrEqual(1);
    expect(result).toMatchObject({ bestEpoch: 3, stopped: false });
    expect(result.members.length).toBe(2);
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
    for (const [name, { data }] of result.members[0]) {
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
    expect(result.members[0].get('classifier.weight')?.shape).toEqual([labelNames.length, encoder.architecture.dim]);
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
