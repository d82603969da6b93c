/** Forest and boosting on a made problem: as good as scikit-learn's, not bit by bit. tools/makeSklearnFixtures.py. */
import { describe, expect, it } from 'vitest';
import fixture from '../testing/fixtures/sklearn/trees.json';
import { applyBins, binAt, fitBins, type BinnedFeatures } from './bins.ts';
import type { BinaryClassifier } from './classifier.ts';
import { fitGradientBoosting } from './gradientBoosting.ts';
import { fitRandomForest } from './randomForest.ts';
import { sparseFromDense, takeRows } from './sparse.ts';

const { columns, fitRows, accuracy } = fixture;
const all = sparseFromDense(fixture.features, columns);
const rows = Array.from({ length: all.rows }, (_, row) => row);
const fit = takeRows(all, rows.slice(0, fitRows));
const asked = takeRows(all, rows.slice(fitRows));
const target = Uint8Array.from(fixture.target);
const fitTarget = target.subarray(0, fitRows);

function accuracyOf(model: BinaryClassifier): number {
  const right = Array.from(model.scores(asked)).filter((score, i) => score > 0 === (target[fitRows + i] === 1));
  return right.length / asked.rows;
}

const forestOptions = { trees: 200, leafRows: 2, classWeight: 'none', columns, seed: 1 } as const;
const boostingOptions = {
  trees: 100,
  rate: 0.1,
  mostLeaves: 8,
  leafRows: 5,
  l2: 1,
  classWeight: 'none',
  columns,
  seed: 1,
} as const;

describe('random forest', () => {
  const forest = fitRandomForest(fit, fitTarget, forestOptions);

  it('is as accurate as the reference, where a linear model is not', () => {
    expect(accuracyOf(forest)).toBeGreaterThan(accuracy.forest - 0.03);
    expect(accuracyOf(forest)).toBeGreaterThan(accuracy.logistic + 0.05);
  });

  it('repeats with its seed and only with it', () => {
    expect(fitRandomForest(fit, fitTarget, forestOptions).scores(asked)).toEqual(forest.scores(asked));
    expect(fitRandomForest(fit, fitTarget, { ...forestOptions, seed: 2 }).scores(asked)).not.toEqual(
      forest.scores(asked),
    );
  });

  it('answers with shares of the trees', () => {
    const probabilities = forest.totals(asked);
    expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...probabilities)).toBeLessThanOrEqual(1 + 1e-12);
    expect(new Set(probabilities).size).toBeGreaterThan(100);
  });
});

describe('gradient boosting', () => {
  it('is as accurate as the reference', () => {
    expect(accuracyOf(fitGradientBoosting(fit, fitTarget, boostingOptions))).toBeGreaterThan(accuracy.boosting - 0.03);
  });

  it('answers with the share of the label before the first tree', () => {
    const share = fitTarget.reduce((sum, y) => sum + y, 0) / fitRows;
    const [score] = fitGradientBoosting(fit, fitTarget, { ...boostingOptions, trees: 0 }).scores(asked);
    expect(1 / (1 + Math.exp(-score))).toBeCloseTo(share, 12);
  });

  it('fits what no split can part without failing', () => {
    const same = sparseFromDense([1, 1, 1, 1], 1);
    const model = fitGradientBoosting(same, Uint8Array.of(1, 0, 1, 0), { ...boostingOptions, columns: 1, leafRows: 1 });
    expect(Array.from(model.scores(same))).toEqual([0, 0, 0, 0]);
  });
});

function binsOf(binned: BinnedFeatures): number[] {
  return Array.from({ length: binned.rows }, (_, row) => binAt(binned, row, 0));
}

describe('bins', () => {
  it('cuts midway between values, and puts new values where they belong', () => {
    const binning = fitBins(sparseFromDense([0, 2, 2, 5], 1), Uint32Array.of(0));
    expect(binning.edges.map((edges) => Array.from(edges))).toEqual([[1, 3.5]]);
    expect(binsOf(applyBins(binning, sparseFromDense([0, 1, 1.1, 9], 1)))).toEqual([0, 0, 1, 2]);
  });

  it('stores no bin of zero, which need not be the lowest', () => {
    const features = sparseFromDense([-3, 0, -1, 0, 4], 1);
    const binned = applyBins(fitBins(features, Uint32Array.of(0)), features);
    expect(binsOf(binned)).toEqual([0, 2, 1, 2, 3]);
    expect(binned.bins).toHaveLength(3);
  });

  it('has 32 bins at most, each of as many distinct values', () => {
    const values = Array.from({ length: 320 }, (_, i) => i);
    const binned = applyBins(fitBins(sparseFromDense(values, 1), Uint32Array.of(0)), sparseFromDense(values, 1));
    expect(binned.counts[0]).toBe(32);
    const sizes = new Uint32Array(32);
    for (const bin of binsOf(binned)) sizes[bin]++;
    expect(new Set(sizes)).toEqual(new Set([10]));
  });
});
