/**
 * A model against a fixture of PyTorch's (../shared/fixtures): hidden states, logits, losses, gradients and parameters after AdamW steps, on the
 * backend that is the current one. What the product runs is what is measured: tables hold only the rows that the titles use, and the
 * others follow in closed form.
 */
import { memory, tensor1d, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { binaryCrossEntropy } from '../kernels/bce.ts';
import { valueAndGradients } from '../kernels/device.ts';
import {
  classify,
  encode,
  parseModelConfig,
  positionTable,
  splitParameters,
  wordTable,
  type ModelConfig,
} from '../models/model.ts';
import { disposeBatch, packTitles, uploadBatch, type PackedBatch } from '../nn/packedBatch.ts';
import type { Examples, NamedArray, NamedArrays } from '../shared/arrays.ts';
import { AdamW } from '../training/adamw.ts';
import { checkTitles, DeviceModel } from '../training/deviceModel.ts';
import { learningRateAt } from '../training/schedule.ts';
import { largestDifference } from './close.ts';

interface PaddedBatch {
  input_ids: number[][];
  attention_mask: number[][];
  labels: number[][];
}

/** `inputs.json` of a fixture. */
export interface FixtureInputs {
  main: PaddedBatch;
  pos_weight: number[];
  train_batches: PaddedBatch[];
  optimizer: { lr: number; weight_decay: number; max_grad_norm: number; warmup_steps: number; total_steps: number };
}

interface Scalars {
  loss: number;
  loss_pos_weight: number;
  train: { lr: number[]; loss: number[] };
}

/** `expected.json` of a fixture. */
export interface FixtureExpected {
  float32?: Scalars;
  float64?: Scalars;
  exactly_zero_gradient_parameters: string[];
}

/** A fixture's folder, read. */
export interface Fixture {
  config: unknown;
  inputs: FixtureInputs;
  expected: FixtureExpected;
  /** The tensors of NAME.safetensors; null when there is no such file. */
  read(name: string): Promise<NamedArrays | null>;
}

/** One figure of the comparison. */
export interface ParityFigure {
  quantity: string;
  error: number;
  /** How large the error may be; null: only reported. */
  limit: number | null;
  /** What it was compared with. */
  truth: 'float64' | 'float32';
  /** Where the largest error is. */
  at: string;
  /** The errors of every tensor, for quantities over many. */
  each: Record<string, number>;
}

/** How far each figure may be off. */
const limits = { logits: 1e-4, loss: 1e-5, gradient: 1e-3, parameters: 2e-3 };
const savedSteps = new Set([1, 2, 5, 20]);

/** Compares everything that the fixture holds. @throws Error or RungError when it does not fit its config. */
export async function compareWithFixture(fixture: Fixture): Promise<ParityFigure[]> {
  const config = parseModelConfig(fixture.config);
  const weights = await fixture.read('model');
  if (!weights) throw new Error('The fixture has no model.safetensors');
  const before = memory().numTensors;
  const model = new DeviceModel(config, weights);
  const main = examplesOf(fixture.inputs.main);
  model.loadRows(main.ids, checkTitles(config, main));
  const figures: ParityFigure[] = [];
  figures.push(...(await forwardFigures(fixture, model, main)));
  figures.push(...(await gradientFigures(fixture, model, main, null)));
  figures.push(...(await gradientFigures(fixture, model, main, fixture.inputs.pos_weight)));
  model.dispose();
  figures.push(...(await trainingFigures(fixture, config, weights)));
  const leaked = memory().numTensors - before;
  figures.push({ quantity: 'tensors left over', error: leaked, limit: 0, truth: 'float64', at: '', each: {} });
  return figures;
}

/** Titles without their padding. */
export function examplesOf(batch: PaddedBatch): Examples {
  const rows = batch.input_ids.map((ids, row) => ids.filter((_, at) => batch.attention_mask[row][at] === 1));
  const starts = new Uint32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) starts[i + 1] = starts[i] + row.length;
  const labels = Uint8Array.from(batch.labels.flat());
  return { ids: Int32Array.from(rows.flat()), starts, labels, labelCount: batch.labels[0].length };
}

function batchOf(model: DeviceModel, examples: Examples): PackedBatch {
  const indices = Array.from({ length: examples.starts.length - 1 }, (_, i) => i);
  return uploadBatch(packTitles(examples, indices, model.trainingRows), model.trainingRows, true);
}

interface Truth {
  arrays: NamedArrays;
  truth: 'float64' | 'float32';
}

/** The float64 twin of a file, or else the file. */
async function truthOf(fixture: Fixture, name: string): Promise<Truth | null> {
  const twin = await fixture.read(`${name}_f64`);
  if (twin) return { arrays: twin, truth: 'float64' };
  const arrays = await fixture.read(name);
  return arrays && { arrays, truth: 'float32' };
}

function scalarsOf({ expected }: Fixture): { scalars: Scalars; truth: 'float64' | 'float32' } {
  if (expected.float64) return { scalars: expected.float64, truth: 'float64' };
  if (expected.float32) return { scalars: expected.float32, truth: 'float32' };
  throw new Error('expected.json has neither float64 nor float32 figures');
}

async function forwardFigures(fixture: Fixture, model: DeviceModel, main: Examples): Promise<ParityFigure[]> {
  const forward = await truthOf(fixture, 'forward');
  if (!forward) return [];
  const { arrays, truth } = forward;
  const figures: ParityFigure[] = [];
  const { config } = model;
  for (let layers = 0; layers <= config.layers; layers++) {
    const name = layers === config.layers ? 'last_hidden_state' : `hidden_states.${layers}`;
    const states = arrays.get(name);
    if (!states) continue;
    const found = await hiddenStates(model, main, layers);
    const worst = largestDifference(found, realTokens(states, fixture.inputs.main.attention_mask));
    figures.push({ quantity: name, error: worst.largest, limit: null, truth, at: `number ${worst.index}`, each: {} });
  }
  const logits = arrays.get('logits');
  if (logits) {
    const worst = largestDifference(await model.logits(main), logits.data);
    const at = `number ${worst.index}`;
    figures.push({ quantity: 'logits', error: worst.largest, limit: limits.logits, truth, at, each: {} });
  }
  return figures;
}

/** Hidden states after this many layers, of the tokens in order: [tokens, H]. */
async function hiddenStates(model: DeviceModel, examples: Examples, layers: number): Promise<Float32Array> {
  const config = { ...model.config, layers };
  const batch = batchOf(model, examples);
  const states = tidy(() => encode(config, model.trainingParameters(), batch, { training: false, seed: 0 }));
  const values = await states.data<'float32'>();
  states.dispose();
  disposeBatch(batch);
  return values.subarray(0, examples.ids.length * config.dim);
}

/** The rows of [titles, tokens, H] that are no padding. */
function realTokens({ shape, data }: NamedArray, mask: number[][]): Float32Array {
  const [, length, H] = shape;
  const real = mask.flatMap((row, title) => row.flatMap((held, at) => (held === 1 ? [title * length + at] : [])));
  const rows = new Float32Array(real.length * H);
  for (const [i, row] of real.entries()) rows.set(data.subarray(row * H, (row + 1) * H), i * H);
  return rows;
}

// A type alias, not an interface: only that has the index signature which tidy asks for.
type LossAndGradients = {
  loss: Tensor;
  gradients: Record<string, Tensor>;
};

/** Inside a tidy. */
function lossAndGradients(model: DeviceModel, examples: Examples, posWeight: number[] | null): LossAndGradients {
  const parameters = model.trainingParameters();
  const names = Object.keys(parameters);
  const batch = batchOf(model, examples);
  const { labelCount } = examples;
  const labels = tensor2d(Float32Array.from(examples.labels), [batch.B, labelCount]);
  const weights = tensor1d(posWeight ?? Array<number>(labelCount).fill(1));
  const { value, grads } = valueAndGradients((...values: Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const logits = classify(model.config, named, batch, { training: false, seed: 0 });
    return binaryCrossEntropy(logits, labels, weights);
  }, Object.values(parameters));
  disposeBatch(batch);
  return { loss: value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])) };
}

async function gradientFigures(
  fixture: Fixture,
  model: DeviceModel,
  main: Examples,
  posWeight: number[] | null,
): Promise<ParityFigure[]> {
  const name = posWeight ? 'loss_pos_weight' : 'loss';
  const { loss, gradients } = tidy(() => lossAndGradients(model, main, posWeight));
  const { scalars, truth } = scalarsOf(fixture);
  const [value] = await loss.data();
  const relative = Math.abs(value - scalars[name]) / Math.abs(scalars[name]);
  const error = Number.isNaN(relative) ? Infinity : relative;
  const figures: ParityFigure[] = [{ quantity: name, error, limit: limits.loss, truth, at: '', each: {} }];
  const found = await wholeGradients(model, gradients);
  for (const tensor of [loss, ...Object.values(gradients)]) tensor.dispose();
  const expected = await truthOf(fixture, 'grads');
  const own = expected?.truth === 'float64' ? await fixture.read('grads') : null;
  const [each, zero]: Record<string, number>[] = [{}, {}];
  const unresolved: Unresolved = { limit: limits.gradient, own: {}, times: {} };
  for (const [key, { data }] of expected?.arrays ?? []) {
    if (!key.startsWith(`${name}/`)) continue;
    const parameter = key.slice(name.length + 1);
    const gradient = found.get(parameter);
    if (!gradient) each[parameter] = Infinity;
    // Where the exact gradient is 0 there is no relative error.
    else if (fixture.expected.exactly_zero_gradient_parameters.includes(parameter) || isZero(data))
      zero[parameter] = largestDifference(gradient.data, data).largest;
    else {
      const off = relativeNorm(gradient.data, data);
      const noise = own?.get(key);
      if (!isUnresolved(unresolved, parameter, off, noise ? relativeNorm(noise.data, data) : 0)) each[parameter] = off;
    }
  }
  if (!expected || Object.keys(each).length === 0) return figures;
  figures.push(worstOf(`gradients of ${name}`, each, limits.gradient, expected.truth));
  figures.push(...unresolvedFigures(`gradients of ${name}`, unresolved));
  if (Object.keys(zero).length > 0)
    figures.push(worstOf(`zero gradients of ${name}, absolute`, zero, null, expected.truth));
  return figures;
}

/**
 * Tensors that PyTorch's own float32 run misses by a tenth of the limit or more: gradients that all but cancel, in deep random models. What is
 * asked of them is an error of at most `ownTimes` times PyTorch's: sums in another order (12 layers of random weights: up to 10 times).
 */
interface Unresolved {
  limit: number;
  own: Record<string, number>;
  /** Our error over PyTorch's. */
  times: Record<string, number>;
}

const ownTimes = 30;

function isUnresolved({ limit, own, times }: Unresolved, name: string, error: number, noise: number): boolean {
  if (noise < limit / 10) return false;
  own[name] = noise;
  times[name] = error / noise;
  return true;
}

function unresolvedFigures(quantity: string, { own, times }: Unresolved): ParityFigure[] {
  if (Object.keys(times).length === 0) return [];
  const noise = worstOf(`${quantity}: PyTorch's float32`, own, null, 'float64');
  return [noise, worstOf('  those: our error over PyTorch float32', times, ownTimes, 'float64')];
}

function isZero(data: Float32Array): boolean {
  return data.every((value) => value === 0);
}

/** |found - exact| / |exact|; a NaN counts as infinite. */
function relativeNorm(found: Float32Array, exact: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    difference += (found[i] - exact[i]) ** 2;
    norm += exact[i] ** 2;
  }
  const relative = Math.sqrt(difference / norm);
  return Number.isNaN(relative) || found.length !== exact.length ? Infinity : relative;
}

function worstOf(
  quantity: string,
  each: Record<string, number>,
  limit: number | null,
  truth: 'float64' | 'float32',
): ParityFigure {
  const [at, error] = Object.entries(each).reduce((worst, one) => (one[1] > worst[1] ? one : worst), ['', 0]);
  return { quantity, error, limit, truth, at, each };
}

/** Gradients under their Hugging Face names, those of tables spread over all rows. */
async function wholeGradients(model: DeviceModel, gradients: Record<string, Tensor>): Promise<NamedArrays> {
  const { config } = model;
  const fused: NamedArrays = new Map();
  for (const [name, tensor] of Object.entries(gradients)) {
    const data = Float32Array.from(await tensor.data<'float32'>());
    const table = { [wordTable(config)]: model.words, [positionTable(config) ?? '']: model.positions }[name];
    if (!table) fused.set(name, { shape: tensor.shape, data });
    else {
      const H = config.dim;
      const whole = new Float32Array(table.size * H);
      for (const [row, place] of table.placeOf.entries())
        if (place >= 0) whole.set(data.subarray(place * H, (place + 1) * H), row * H);
      fused.set(name, { shape: [table.size, H], data: whole });
    }
  }
  return splitParameters(config, fused);
}

async function trainingFigures(fixture: Fixture, config: ModelConfig, weights: NamedArrays): Promise<ParityFigure[]> {
  const { optimizer, train_batches: padded } = fixture.inputs;
  const batches = padded.map(examplesOf);
  const model = new DeviceModel(config, weights);
  const longest = Math.max(...batches.map((batch) => checkTitles(config, batch)));
  model.loadRows(new Set(batches.flatMap(({ ids }) => Array.from(ids))), longest);
  const parameters = model.trainingParameters();
  const { weight_decay: weightDecay, max_grad_norm: maxGradientNorm, total_steps: totalSteps } = optimizer;
  const adamW = new AdamW(parameters, { weightDecay, maxGradientNorm });
  // A warm-up is a share, rounded up to whole steps.
  const warmup = Math.max(0, optimizer.warmup_steps - 0.5) / totalSteps;
  const schedule = { kind: 'linear', learningRate: optimizer.lr, warmup, totalSteps } as const;
  const { scalars, truth } = scalarsOf(fixture);
  const figures: ParityFigure[] = [];
  const [losses, rates]: Record<string, number>[] = [{}, {}];
  for (const [i, examples] of batches.entries()) {
    const step = i + 1;
    const rate = learningRateAt(schedule, i);
    const loss = tidy(() => {
      const { loss: value, gradients } = lossAndGradients(model, examples, null);
      adamW.step(parameters, gradients, rate, step);
      return value;
    });
    model.decayRows(adamW.decayFactor(rate));
    const [value] = await loss.data();
    loss.dispose();
    losses[`step ${step}`] = Math.abs(value - scalars.train.loss[i]);
    rates[`step ${step}`] = Math.abs(rate - scalars.train.lr[i]);
    if (savedSteps.has(step)) figures.push(...(await parameterFigures(fixture, model, step)));
  }
  adamW.dispose();
  model.dispose();
  figures.push(worstOf('loss of the training steps', losses, null, truth));
  figures.push(worstOf('learning rate of the training steps', rates, 1e-9, truth));
  return figures;
}

async function parameterFigures(fixture: Fixture, model: DeviceModel, step: number): Promise<ParityFigure[]> {
  const expected = await truthOf(fixture, `params_step${step}`);
  if (!expected) return [];
  const found = await model.read();
  const own = expected.truth === 'float64' ? await fixture.read(`params_step${step}`) : null;
  const each: Record<string, number> = {};
  const unresolved: Unresolved = { limit: limits.parameters, own: {}, times: {} };
  for (const [name, { data }] of expected.arrays) {
    // AdamW turns the rounding noise of a gradient of 0 into steps.
    if (fixture.expected.exactly_zero_gradient_parameters.includes(name)) continue;
    const parameter = found.get(name);
    const error = parameter ? largestDifference(parameter.data, data).largest : Infinity;
    const noise = own?.get(name);
    if (!isUnresolved(unresolved, name, error, noise ? largestDifference(noise.data, data).largest : 0))
      each[name] = error;
  }
  const quantity = `parameters after ${step} steps`;
  const limit = step === 20 ? limits.parameters : null;
  return [worstOf(quantity, each, limit, expected.truth), ...unresolvedFigures(quantity, unresolved)];
}
