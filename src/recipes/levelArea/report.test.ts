/** Agreement, accuracy, class weights, scale, and the files of a model. */
import { describe, expect, it } from 'vitest';
import type { HeadLabels, LevelAreaModel } from '../../shared/levelArea.ts';
import { defaultLevelAreaConfig } from '../../shared/levelArea.ts';
import { expectClose } from '../../testing/close.ts';
import { classWeights } from './levelArea.ts';
import { levelMap } from './levelMap.ts';
import { modelFileNames, readModelFiles, weightBytes, writeModelFiles } from './package.ts';
import { headReport } from './report.ts';
import { fitScale, scaleArrays, scaled, scaleOf } from './scale.ts';

/** Titles 0 to 5; the answers are the classes 0, 0, 1, 2, 1, 2. */
const probabilities = Float32Array.of(0.9, 0.1, 0, 0.5, 0.3, 0.2, 0, 1, 0, 0.2, 0.2, 0.6, 0.1, 0.8, 0.1, 0, 0.4, 0.6);
const rows = Uint32Array.of(0, 1, 2, 3, 4, 5);
const labels: HeadLabels = {
  classNames: ['a', 'b', 'c'],
  weak: Int16Array.of(0, 1, 1, 2, -1, -1),
  truth: null,
};

describe('the report of a head', () => {
  it('calls agreement with the keywords what it is, on titles that they decide', () => {
    const { agreement, truth } = headReport(probabilities, labels, rows, rows, 1);
    expect(truth).toBeNull();
    expect(agreement?.rows).toBe(4);
    expect(agreement?.exactMatch.value).toBe(0.75);
    // F1 of a is 2/3 (one right, one too many), of b 2/3 (one right, one missed), of c 1.
    expect(agreement?.macroF1.value).toBeCloseTo(7 / 9, 10);
  });

  it('tells accuracy from true labels, with and without keywords, and that of the keywords', () => {
    // True labels x (classes a and b together) and y (class c).
    const truth = { names: ['x', 'y'], of: Int16Array.of(0, 0, 1, 1, 0, -1), ofClass: [0, 0, 1] };
    const { truth: found } = headReport(probabilities, { ...labels, truth }, rows, rows, 1);
    // Answers x, x, x, y, x against x, x, y, y, x.
    expect([found?.all.rows, found?.all.exactMatch.value]).toEqual([5, 0.8]);
    expect([found?.decided?.rows, found?.decided?.exactMatch.value]).toEqual([4, 0.75]);
    expect([found?.keywords?.rows, found?.keywords?.exactMatch.value]).toEqual([4, 0.75]);
    expect([found?.undecided?.rows, found?.undecided?.exactMatch.value]).toEqual([1, 1]);
  });

  it('adds up the classes that share a true label, and counts those without one as wrong', () => {
    // The second title is x by a and b together, though c is the single most probable class.
    const together = Float32Array.of(0.3, 0.3, 0.4, 0.1, 0.1, 0.8);
    const truth = { names: ['x'], of: Int16Array.of(0, 0), ofClass: [0, 0, -1] };
    const weak = Int16Array.of(-1, -1);
    const two = Uint32Array.of(0, 1);
    const { agreement, truth: found } = headReport(together, { ...labels, weak, truth }, two, two, 1);
    expect(agreement).toBeNull();
    expect(found?.all.exactMatch.value).toBe(0.5);
    expect(found?.decided).toBeNull();
  });
});

it('weighs classes by how rare they are, as asked for, within bounds', () => {
  const classes = [0, 0, 0, 0, 0, 0, 1, 1, -1];
  expect(classWeights(classes, 3, 'none')).toBeNull();
  expectClose(classWeights(classes, 3, 'balanced')!, [8 / 12, 2, 1], 1e-12);
  expectClose(classWeights(classes, 3, 'sqrt')!, [Math.sqrt(8 / 12), Math.SQRT2, 1], 1e-12);
  const rare = classWeights([...Array.from({ length: 999 }, () => 0), 1], 2, 'balanced')!;
  expect(rare[1]).toBe(10);
});

it('scales features by the rows that train, and keeps the scale with the weights', () => {
  const features = Float32Array.of(1, 5, 3, 5, 100, 7);
  const scale = fitScale(features, 2, Uint32Array.of(0, 1));
  expect(Array.from(scale.mean)).toEqual([2, 5]);
  const kept = scaleOf(scaleArrays(scale), 2);
  expect(Array.from(scaled(features, kept).subarray(0, 4))).toEqual([-1, 0, 1, 0]);
  expect(() => scaleOf(new Map(), 2)).toThrow('features.mean and features.factor of 2 numbers');
});

describe('the files of a model', () => {
  const map = { ...levelMap, classes: levelMap.classes.slice(0, 2) };
  const model: LevelAreaModel = {
    id: 'one',
    name: 'One',
    createdAt: 1,
    version: '0',
    encoder: { source: { kind: 'shipped', id: 'rung-mini' }, fingerprint: 'abc', dim: 2 },
    config: defaultLevelAreaConfig,
    maps: { level: map, area: map },
    data: { name: 'titles.csv', fingerprint: 'def', titles: 3, trained: 1, validation: 1, test: 1 },
    epochs: [{ epoch: 1, trainLoss: 2, validationLoss: 1.5 }],
    bestEpoch: 1,
    stopped: false,
    seconds: 1,
    backend: 'wasm',
    report: { level: { agreement: null, truth: null }, area: { agreement: null, truth: null } },
  };
  const weights = new Map([['level.bias', { shape: [2], data: Float32Array.of(1, -2) }]]);
  const files = [...writeModelFiles(model, weightBytes(weights))].map(([name, blob]) => new File([blob], name));

  it('are read back as they were', async () => {
    const read = await readModelFiles(files);
    expect(read.model).toEqual(model);
    expect(read.weights).toEqual(weights);
  });

  it('are refused with the reason where one is missing, no JSON, or of another kind', async () => {
    await expect(readModelFiles([files[0]])).rejects.toThrow(`${modelFileNames.weights} is missing`);
    const broken = new File(['{"name":'], modelFileNames.json);
    await expect(readModelFiles([broken, files[1]])).rejects.toMatchObject({ code: 'file-corrupt' });
    const other = new File(
      [JSON.stringify({ ...model, maps: { level: map, area: { classes: [] } } })],
      modelFileNames.json,
    );
    await expect(readModelFiles([other, files[1]])).rejects.toThrow(/maps\.area\.classes/);
  });
});
