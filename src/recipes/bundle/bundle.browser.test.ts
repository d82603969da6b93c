/** train.py of a bundle beside this engine, step by step: the same batches, losses and weights. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { defaultCleaning } from '../../data/cleaning.ts';
import { splitDataset } from '../../data/split.ts';
import type { ModelFolder } from '../../formats/checkpoint.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { writeZip } from '../../formats/zipWriter.ts';
import { startBackend } from '../../kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../../models/model.ts';
import type { NamedArrays } from '../../shared/arrays.ts';
import type { Dataset, Split } from '../../shared/dataset.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import { oneModelConfig, type ScoredRows, type TrainingConfig } from '../../shared/training.ts';
import { testRecord } from '../../testing/runRecord.ts';
import { createTrainer } from '../../training/trainer.ts';
import { readDescription } from '../encoder.ts';
import { memberSides } from '../ensemble.ts';
import { lossOf, pickExamples, positiveWeights } from '../finetune.ts';
import { mixedTargets } from '../selfDistillation.ts';
import { bundleFiles } from './bundle.ts';

declare module 'vitest/browser' {
  interface BrowserCommands {
    trainInPython: (bundle: string, steps: number) => Promise<{ losses: number[]; weights: string[] } | null>;
  }
}

const labelNames = ['Director', 'Manager', 'Staff, "other"'];
const steps = 8;

/** @param sizes kinds of team: as many times the rows */
function dataset(sizes = ['']): Dataset {
  const areas = 'Sales Finance Marketing Nursing Logistics Research Security Payroll Design'.split(' ');
  const words = ['Director of', 'Team Manager,', '=Clerk for', 'Managing Director,'];
  const held = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]; // prettier-ignore
  const names = sizes.flatMap((size) => areas.map((area) => area + size));
  const titles = names.flatMap((area) => words.map((word) => `${word} ${area}`));
  return {
    name: 'rule.csv',
    titles: packStrings(titles),
    labelNames,
    labels: Uint8Array.from(names.flatMap(() => held.flat())),
    rowNumbers: Uint32Array.from(titles, (_, i) => i + 2),
    groups: Uint32Array.from(titles.keys()),
    cleaning: defaultCleaning,
    unlabelled: { kind: 'drop' },
    fingerprint: '0',
  };
}

async function shippedFolder(): Promise<ModelFolder> {
  const folder: ModelFolder = new Map();
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
    folder.set(name, await (await fetch(`/models/rung-mini/${name}`)).blob());
  }
  return folder;
}

/** A small encoder with the shipped tokenizer. */
const architectures: Record<string, object> = {
  distilbert: { model_type: 'distilbert', n_layers: 2, n_heads: 2, dim: 16, hidden_dim: 32 },
  bert: { model_type: 'bert', num_hidden_layers: 2, num_attention_heads: 2, hidden_size: 16, intermediate_size: 32 },
};

const settings: TrainingConfig = {
  ...oneModelConfig,
  encoder: { kind: 'shipped', id: 'rung-mini' },
  epochs: 4,
  batchSize: 12,
  learningRate: 5e-3,
  dropout: 0,
  maxTokens: 6,
};

const variants: {
  name: string;
  family: string;
  change: Partial<TrainingConfig>;
  distilled?: boolean;
  sizes?: string[];
}[] = [
  { name: 'the default recipe', family: 'distilbert', change: {} },
  {
    name: 'focal loss, smoothing, class weights, layer decay, cosine',
    family: 'bert',
    change: { loss: 'focal', labelSmoothing: 0.1, classWeights: 'inverse', layerDecay: 0.8, schedule: 'cosine' },
  },
  {
    name: 'answers of fold models',
    family: 'distilbert',
    change: { distillationFolds: 2, distillationShare: 0.7 },
    distilled: true,
    sizes: ['', ' East', ' West'],
  },
  {
    name: 'the first of two models',
    family: 'distilbert',
    change: { ensembleFolds: 2 },
    sizes: ['', ' East', ' West'],
  },
  {
    name: 'asymmetric loss, a frozen layer, more than 2^31 for a seed',
    family: 'distilbert',
    change: { loss: 'asymmetric', frozenLayers: 2, seed: 3_000_000_019, maxGradientNorm: 0.05 },
  },
];

describe('train.py of a bundle', () => {
  beforeAll(async () => {
    await startBackend('wasm', location.href);
  });

  it.for(variants)(
    'takes the steps of this engine: $name',
    async ({ family, change, distilled = false, sizes }, { skip }) => {
      const config = { ...settings, ...change };
      const { tokenizer, files } = await readDescription(await shippedFolder());
      const data = dataset(sizes);
      const split = splitDataset(
        data.labels,
        labelNames.length,
        data.groups,
        { train: 0.7, validation: 0.1, test: 0.2 },
        1,
      );
      const architecture = {
        ...parseModelConfig({
          ...architectures[family],
          vocab_size: tokenizer.vocabSize,
          max_position_embeddings: 20,
          initializer_range: 0.2,
          id2label: { 0: 'a', 1: 'b', 2: 'c' },
        }),
        dropout: 0,
        attentionDropout: 0,
      };
      const start = initialParameters(architecture, 3);
      const answers = madeAnswers(data, split);
      const validation = distilled ? answers : null;
      const plan = { ...testRecord().plan, trainRows: split.train.length };
      const run = testRecord({ config, validation, plan, data: { ...testRecord().data, labelNames } });
      const bundle = await writeZip(
        bundleFiles({ run, dataset: data, split, architecture, start, encoderFiles: files, onnx: null }),
      );
      const theirs = await commands.trainInPython(await base64(bundle), steps);
      if (theirs === null) return skip('Python has no torch or no transformers: RUNG_PYTHON names one');

      const tokens = tokenizer.encodeMany(unpackStrings(data.titles), config.maxTokens);
      const pick = (rows: Uint32Array) => pickExamples(tokens, data.labels, labelNames.length, rows);
      const train = pick(split.train);
      if (distilled) {
        const positions = [...split.train.keys()];
        const cells = train.labels.length;
        const own = {
          positions,
          actual: answers.actual.subarray(0, cells),
          probabilities: answers.probabilities.subarray(0, cells),
        };
        train.targets = mixedTargets(train.labels, own, config.distillationShare);
      }
      const trainer = createTrainer(architecture, start, {
        ...config,
        posWeight: positiveWeights(train, config.classWeights),
        loss: lossOf(config),
      });
      // A clock that leaps makes every step worth telling.
      let now = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
      const ours: NamedArrays[] = [];
      const losses: number[] = [];
      const [{ learnt, held }] = memberSides(data, split, config);
      const side = config.ensembleFolds > 0 ? pick(learnt) : train;
      expect(side.labels.length === train.labels.length).toBe(config.ensembleFolds === 0);
      for await (const event of trainer.run(side, pick(held), new AbortController().signal)) {
        if (event.type !== 'step') continue;
        expect(event.step).toBe(losses.length + 1);
        losses.push(event.loss);
        ours.push(await trainer.parameters());
        if (losses.length === steps) break;
      }
      trainer.dispose();
      vi.restoreAllMocks();

      expect(theirs.losses.length).toBe(steps);
      const largest = { loss: 0, weight: 0 };
      for (const [i, loss] of losses.entries()) {
        largest.loss = Math.max(largest.loss, Math.abs(loss - theirs.losses[i]));
        const bytes = Uint8Array.from(atob(theirs.weights[i]), (character) => character.charCodeAt(0));
        const weights = await readSafetensors(new Blob([bytes]), 'python');
        expect([...weights.keys()].toSorted()).toEqual([...ours[i].keys()].toSorted());
        for (const [name, { data: values }] of ours[i]) {
          // The key's bias has a gradient of exactly 0: Adam makes steps of its rounding noise.
          if (/\.(k_lin|key)\.bias$/.test(name)) continue;
          const other = weights.get(name)!.data;
          for (const [at, value] of values.entries())
            largest.weight = Math.max(largest.weight, Math.abs(value - other[at]));
        }
      }
      expect(largest.loss).toBeLessThan(1e-4);
      expect(largest.weight).toBeLessThan(1e-4);
      // There were steps to compare.
      const name = 'classifier.weight';
      const moved = ours[steps - 1].get(name)!.data.map((value, i) => Math.abs(value - start.get(name)!.data[i]));
      expect(Math.max(...moved)).toBeGreaterThan(1e-3);
    },
  );
});

/** As a run keeps them: of the training rows, then of the validation rows. */
function madeAnswers({ labels }: Dataset, split: Split): ScoredRows {
  const width = labelNames.length;
  const rows = [...split.train, ...split.validation];
  return {
    actual: Uint8Array.from(rows.flatMap((row) => Array.from(labels.subarray(row * width, (row + 1) * width)))),
    probabilities: Float32Array.from({ length: rows.length * width }, (_, i) => ((i * 37) % 101) / 101),
  };
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
