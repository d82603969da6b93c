import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { brierScore, calibrationCurve, expectedCalibrationError } from './calibration.ts';
import { averagePrecision, rank, rocAuc } from './ranking.ts';
import { calibrationBins, columnOf, rankingReport } from './rankingReport.ts';

/** Scores of one or more labels that are right more often than not. */
function madeUp(rows: number, shares: number[], seed = 1) {
  const random = new Random(seed);
  const actual = new Uint8Array(rows * shares.length).map((_, i) => Number(random.next() < shares[i % shares.length]));
  const probabilities = Float32Array.from(actual, (is) => 1 / (1 + Math.exp(-(0.75 * (2 * is - 1) + random.normal()))));
  return { actual, probabilities };
}

describe('rankingReport', () => {
  it('gives the figures of the rows themselves as values', () => {
    const { actual, probabilities } = madeUp(150, [0.4, 0.2]);
    const report = rankingReport(actual, probabilities, 2, { seed: 1, resamples: 50 });
    for (const [label, figures] of report.perLabel.entries()) {
      const [is, says] = [columnOf(actual, 2, label), columnOf(probabilities, 2, label)];
      expect(figures.rocAuc?.value).toBeCloseTo(rocAuc(rank(is, says)) ?? NaN, 12);
      expect(figures.averagePrecision?.value).toBeCloseTo(averagePrecision(rank(is, says)) ?? NaN, 12);
      expect(figures.brier?.value).toBeCloseTo(brierScore(is, says), 12);
      const error = expectedCalibrationError(calibrationCurve(is, says, calibrationBins, 'uniform'));
      expect(figures.calibrationError?.value).toBeCloseTo(error ?? NaN, 12);
    }
  });

  it('matches ranking the resampled rows themselves', () => {
    const { actual, probabilities } = madeUp(60, [0.4]);
    const [{ rocAuc: ours }] = rankingReport(actual, probabilities, 1, { seed: 5, resamples: 200 }).perLabel;
    const random = new Random(5);
    const areas = Array.from({ length: 200 }, () => {
      const rows = Array.from({ length: 60 }, () => random.int(60));
      const drawn = rank(
        rows.map((row) => actual[row]),
        rows.map((row) => probabilities[row]),
      );
      return rocAuc(drawn) ?? NaN;
    }).toSorted((a, b) => a - b);
    expect(ours?.low).toBeCloseTo(areas[4] + (areas[5] - areas[4]) * 0.975, 12);
    expect(ours?.high).toBeCloseTo(areas[194] + (areas[195] - areas[194]) * 0.025, 12);
  });

  it('says nothing of a label that too few rows carry, or too few do not', () => {
    const rows = 30;
    const actual = Uint8Array.from({ length: rows * 3 }, (_, i) => Number(Math.floor(i / 3) < [9, 15, 21][i % 3]));
    const report = rankingReport(actual, Float32Array.from(actual), 3, { seed: 1, resamples: 20 });
    expect(report.perLabel.map((label) => label.rocAuc === null)).toEqual([true, false, true]);
    expect(report.perLabel[2]).toEqual({ rocAuc: null, averagePrecision: null, calibrationError: null, brier: null });
  });

  it('does not call a perfect order of few rows certain', () => {
    const actual = Uint8Array.from({ length: 24 }, (_, i) => Number(i < 12));
    const [label] = rankingReport(actual, Float32Array.from(actual), 1, { seed: 1, resamples: 50 }).perLabel;
    // Wilson, 12 of 12.
    expect(label.rocAuc).toEqual({ value: 1, low: expect.closeTo(0.7575, 4), high: 1 });
    expect(label.averagePrecision?.low).toBeCloseTo(0.7575, 4);
  });

  it('covers a known area about 95 times in 100', () => {
    // Normal scores 1.5 apart: the area is the normal distribution at 1.5 / sqrt 2.
    const truth = 0.85558;
    let covered = 0;
    for (let trial = 0; trial < 100; trial++) {
      const { actual, probabilities } = madeUp(150, [0.5], 100 + trial);
      const [{ rocAuc: area }] = rankingReport(actual, probabilities, 1, { seed: trial, resamples: 200 }).perLabel;
      if (area && area.low <= truth && truth <= area.high) covered++;
    }
    // 95 expected; within four standard deviations of it.
    expect(covered).toBeGreaterThan(86);
  });
});
