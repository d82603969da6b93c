/**
 * A run as a folder that goes on elsewhere: its rows by side, its settings, the weights it started from, a script on Hugging Face Trainer
 * and Accelerate that takes the same steps, and one on Ray Data that predicts with the model it became.
 */
import Papa from 'papaparse';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { rungJson } from '../../formats/rungJson.ts';
import { configToJson, type ModelConfig } from '../../models/model.ts';
import type { NamedArrays } from '../../shared/arrays.ts';
import type { Dataset, Split } from '../../shared/dataset.ts';
import { concatenate } from '../../shared/concatenate.ts';
import { foldModelCount } from '../../shared/epochs.ts';
import { RungError } from '../../shared/errors.ts';
import { unpackStrings } from '../../shared/strings.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { normaliser } from '../../text/normalise.ts';
import type { ModelFiles } from '../../formats/package.ts';
import { learntRows, memberSides } from '../ensemble.ts';
import { labelsOf } from '../labelsOf.ts';
import { tokenizerFiles } from '../package.ts';
import { mixedTargets } from '../selfDistillation.ts';
import predictRay from './predict_ray.py?raw';
import { bundleReadme, requirements } from './readme.ts';
import { fixedColumns, recipeJson } from './recipeJson.ts';
import trainPy from './train.py?raw';

export interface BundleInput {
  run: FinetunedRun;
  /** With the run's rows by hand in it, as its training had them. */
  dataset: Dataset;
  split: Split;
  /** With the run's label count and dropout. */
  architecture: ModelConfig;
  /** What the training started from, the head as it was drawn. */
  start: NamedArrays;
  /** Of the encoder: its tokenizer is copied. */
  encoderFiles: ModelFiles;
  /** The trained classifier; null where the run kept no weights. */
  onnx: Blob | null;
}

/** Path in the zip -> content. */
export function bundleFiles(input: BundleInput): Map<string, Blob> {
  const { run, dataset, split, start, encoderFiles, onnx } = input;
  const labelCount = dataset.labelNames.length;
  // Without dropout the page leaves out the head's, too.
  const architecture = run.config.dropout === 0 ? { ...input.architecture, classifierDropout: 0 } : input.architecture;
  const config = text(JSON.stringify(configToJson(architecture, dataset.labelNames), null, 2));
  const learnt = learntRows(split, run.config);
  const labels = labelsOf(dataset.labels, labelCount, learnt);
  const examples = { starts: new Uint32Array(learnt.length + 1), labels, labelCount };
  // As the files have them, one after the other.
  const positionOf = new Map(
    Array.from(concatenate(split.train, split.validation), (row, position) => [row, position]),
  );
  const positions = (rows: Uint32Array): number[] => Array.from(rows, (row) => positionOf.get(row) ?? 0);
  const members = memberSides(dataset, split, run.config).map((side) => ({
    learnt: positions(side.learnt),
    held: positions(side.held),
  }));
  const recipe = recipeJson(run, architecture, examples, members);
  const tokenizer = tokenizerFiles.flatMap((name) => {
    const bytes = encoderFiles.get(name);
    return bytes ? [{ name, content: new Blob([bytes]) }] : [];
  });
  const files = new Map<string, Blob>([
    ['README.md', text(bundleReadme(run, onnx !== null))],
    ['recipe.json', text(JSON.stringify(recipe, null, 1))],
    ['requirements.txt', text(requirements(onnx !== null))],
    ['train.py', text(trainPy)],
    ...sideFiles(dataset, split, run),
    ['start/config.json', config],
    ['start/model.safetensors', new Blob([writeSafetensors(start, { dtype: 'F32' })])],
    ...tokenizer.map(({ name, content }) => [`start/${name}`, content] as const),
  ]);
  if (!onnx) return files;
  files.set('predict_ray.py', text(predictRay));
  files.set('trained/onnx/model.onnx', onnx);
  files.set('trained/config.json', config);
  files.set('trained/rung.json', text(JSON.stringify(rungJson(run), null, 2)));
  for (const { name, content } of tokenizer) files.set(`trained/${name}`, content);
  return files;
}

/** What the run learnt of its training rows: the labels, or what its fold models made of them, whose answers it keeps first of all. */
function learntTargets(
  dataset: Dataset,
  split: Split,
  { config, validation }: FinetunedRun,
): Uint8Array | Float32Array {
  const width = dataset.labelNames.length;
  const labels = labelsOf(dataset.labels, width, split.train);
  const positions = [...split.train.keys()].filter((i) => dataset.rowNumbers[split.train[i]] > 0);
  const cells = positions.length * width;
  const answered = validation && validation.actual.length === cells + split.validation.length * width;
  if (foldModelCount(config, split.train.length) === 0 || !answered) return labels;
  const actual = validation.actual.subarray(0, cells);
  const probabilities = validation.probabilities.subarray(0, cells);
  return mixedTargets(labels, { positions, actual, probabilities }, config.distillationShare);
}

/** The rows of each side as CSV, in the order that training counts them in. Cells stand as they are: a program reads them. */
function sideFiles(dataset: Dataset, split: Split, run: FinetunedRun): [string, Blob][] {
  const { config } = run;
  const titles = unpackStrings(dataset.titles);
  const written = config.normalisation ? normaliser(config.normalisation) : (title: string): string => title;
  const width = dataset.labelNames.length;
  const sides = [
    ['train', split.train, learntTargets(dataset, split, run)],
    ['validation', split.validation, labelsOf(dataset.labels, width, split.validation)],
    ['test', split.test, labelsOf(dataset.labels, width, split.test)],
  ] as const;
  return sides.map(([name, rows, labels]) => {
    const lines = Array.from(rows, (row, i) => [
      dataset.rowNumbers[row],
      titles[row],
      written(titles[row]),
      ...labels.subarray(i * width, (i + 1) * width),
    ]);
    const csv = Papa.unparse([[...fixedColumns, ...dataset.labelNames], ...lines], { newline: '\n' });
    return [`data/${name}.csv`, text(csv)];
  });
}

/**
 * That these rows are those the run was trained and measured on.
 * @throws RungError `data-mismatch`
 */
export function requireSplitOfRun({ name, plan, test }: FinetunedRun, dataset: Dataset, split: Split): void {
  const { trainRows, validationRows, testRows } = plan;
  const measured = test?.rows.map(({ row }) => row) ?? null;
  const tested = Array.from(split.test, (row) => dataset.rowNumbers[row]);
  const same =
    split.train.length === trainRows &&
    split.validation.length === validationRows &&
    split.test.length === testRows &&
    (measured === null || measured.join() === tested.join());
  if (same) return;
  const message = `Writing the bundle of “${name}”: the open table splits into ${split.train.length}, ${split.validation.length} and ${split.test.length} rows that are not those of the run (${trainRows}, ${validationRows}, ${testRows}).`;
  throw new RungError('data-mismatch', message, 'Train the run again with this version, then make its bundle.');
}

function text(content: string): Blob {
  return new Blob([`${content.trimEnd()}\n`]);
}
