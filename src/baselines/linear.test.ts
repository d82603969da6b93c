/** The fitted classifiers compared with scikit-learn's on the same arrays: tools/makeSklearnFixtures.py. */
import { describe, expect, it } from 'vitest';
import { expectClose } from '../testing/close.ts';
import fixture from '../testing/fixtures/sklearn/linear.json';
import { chi2, topColumns } from './chi2.ts';
import { logOdds } from './classifier.ts';
import { fitLinearSvm } from './linearSvm.ts';
import { fitLogisticRegression } from './logisticRegression.ts';
import { fitNaiveBayes } from './naiveBayes.ts';
import { fitNearestNeighbours } from './nearestNeighbours.ts';
import { fitSigmoid, probabilityOf } from './platt.ts';
import { sparseFromDense, takeRows, type SparseMatrix } from './sparse.ts';

const classWeight = (balanced: boolean) => (balanced ? 'balanced' : 'none');
const probability = (score: number): number => 1 / (1 + Math.exp(-score));

/** Rows that hold anything: scikit-learn's cosine of a row of zeros is another matter. */
function filledRows({ rows, starts }: SparseMatrix): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => starts[row + 1] > starts[row]);
}

describe.each(fixture.cases)('$columns columns', (expected) => {
  const features = sparseFromDense(expected.features, expected.columns);
  const target = Uint8Array.from(expected.target);
  const asked = sparseFromDense(expected.new, expected.columns);

  it.each(expected.logistic)('logistic regression, C $C, balanced $balanced', (model) => {
    const fitted = fitLogisticRegression(features, target, {
      C: model.C,
      classWeight: classWeight(model.balanced),
      tolerance: 1e-9,
    });
    expect(
      expectClose([...fitted.weights, fitted.intercept], [...model.weights, model.intercept], 1e-4, 'weights'),
    ).toBeLessThanOrEqual(1e-4);
    expect(
      expectClose(fitted.scores(asked).map(probability), model.probabilities, 1e-5, 'probabilities'),
    ).toBeLessThanOrEqual(1e-5);
  });

  it.each(expected.svm)('linear SVM, C $C, balanced $balanced', (model) => {
    const fitted = fitLinearSvm(features, target, {
      C: model.C,
      classWeight: classWeight(model.balanced),
      tolerance: 1e-9,
      maxPasses: 100_000,
      seed: 3,
    });
    expect(
      expectClose([...fitted.weights, fitted.intercept], [...model.weights, model.intercept], 1e-4, 'weights'),
    ).toBeLessThanOrEqual(1e-4);
  });

  it.each(expected.bayes)('$variant naive Bayes, alpha $alpha', ({ variant, alpha, probabilities }) => {
    const kind = variant === 'complement' ? 'complement' : 'multinomial';
    const fitted = fitNaiveBayes(features, target, { variant: kind, alpha });
    expect(
      expectClose(fitted.scores(asked).map(probability), probabilities, 1e-9, 'probabilities'),
    ).toBeLessThanOrEqual(1e-9);
  });

  it('chi-squared statistic', () => {
    expect(expectClose(chi2(features, target), expected.chi2, 1e-9, 'statistic')).toBeLessThanOrEqual(1e-9);
  });

  it.each(expected.neighbours)('$neighbours neighbours, $weighting', ({ neighbours, weighting, probabilities }) => {
    const rows = filledRows(features);
    const fitted = fitNearestNeighbours(
      takeRows(features, rows),
      target.filter((_, row) => rows.includes(row)),
      { neighbours, weighting: weighting === 'distance' ? 'distance' : 'uniform' },
    );
    expect(
      expectClose(fitted.probabilities(takeRows(asked, filledRows(asked))), probabilities, 1e-9, 'probabilities'),
    ).toBeLessThanOrEqual(1e-9);
  });
});

it('counts only copies of a title by distance, and no title that shares nothing before one that does', () => {
  const features = sparseFromDense([1, 0, 1, 1, 0, 1, 1, 0], 2);
  const fitted = fitNearestNeighbours(features, Uint8Array.of(1, 0, 0, 0), { neighbours: 3, weighting: 'distance' });
  expect(Array.from(fitted.probabilities(sparseFromDense([2, 0, 0, 5], 2)))).toEqual([0.5, 0]);
});

it('takes the columns with the highest statistic, the earlier of equal ones', () => {
  expect(Array.from(topColumns(Float64Array.of(1, 5, 3, 3, 0), 2))).toEqual([1, 2]);
  expect(Array.from(topColumns(Float64Array.of(1, 5), 9))).toEqual([0, 1]);
});

describe('calibration', () => {
  const { scores, target, a, b } = fixture.sigmoid;

  it('fits the sigmoid that scikit-learn fits', () => {
    const fitted = fitSigmoid(Float64Array.from(scores), Uint8Array.from(target));
    expect(expectClose([fitted.a, fitted.b], [a, b], 1e-4, 'a, b')).toBeLessThanOrEqual(1e-4);
  });

  it('stays finite where the scores part the classes, and where they are very large', () => {
    const fitted = fitSigmoid(Float64Array.of(-900, -700, 800, 1000), Uint8Array.of(0, 0, 1, 1));
    const calibrated = [-900, 1000].map((score) => probabilityOf(score, fitted));
    expect(calibrated[0]).toBeLessThan(0.5);
    expect(calibrated[1]).toBeGreaterThan(0.5);
    expect(calibrated.every((p) => p > 0 && p < 1)).toBe(true);
  });

  it('knows certainty as large but finite log-odds', () => {
    expect([0, 0.5, 1].map(logOdds)).toEqual([-30, 0, 30]);
  });
});

it('refuses a target of one class', () => {
  const features = sparseFromDense([1, 2], 1);
  const options = { C: 1, classWeight: 'balanced' } as const;
  expect(() => fitLogisticRegression(features, Uint8Array.of(1, 1), options)).toThrow('of both classes');
  expect(() => fitLogisticRegression(features, Uint8Array.of(1), options)).toThrow('expected 2 target values');
});
