/** Agreement with scikit-learn on the same arrays; tools/sklearnMetrics.py made the figures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exactMatch, hammingLoss, macroAverage, microAverage, samplesAverage, weightedAverage } from './averages.ts';
import type { PrecisionRecallF1 } from './averages.ts';
import { brierScore, calibrationCurve, expectedCalibrationError, weightedCalibrationError } from './calibration.ts';
import { applyThresholds, confusion, macroF1, microF1 } from './classification.ts';
import { labelSetConfusion } from './labelSets.ts';
import {
  averagePrecision,
  labelRankingPrecisions,
  precisionRecallCurve,
  rank,
  rocAuc,
  rocCurve,
  type PrecisionRecallCurve,
  type RocCurve,
} from './ranking.ts';

interface ExpectedCalibration {
  observed: number[];
  predicted: number[];
  rows: number[];
  error: number;
}

interface ExpectedLabel {
  precisionRecall: PrecisionRecallCurve | null;
  /** Without the first threshold, which is infinite here and another number in older releases. */
  roc: RocCurve | null;
  rocAuc: number | null;
  averagePrecision: number | null;
  brier: number;
  uniform: ExpectedCalibration;
  quantile: ExpectedCalibration;
}

interface ExpectedCase {
  name: string;
  labels: number;
  actual: number[];
  probabilities: number[];
  thresholds: number[];
  perLabel: ExpectedLabel[];
  averages: Record<'micro' | 'macro' | 'weighted' | 'samples', PrecisionRecallF1>;
  exactMatch: number;
  hammingLoss: number;
  labelRankingAveragePrecision: number;
  /** tn, fp, fn, tp of each label. */
  confusion: number[][];
  labelSets: { sets: string[]; counts: number[][] };
}

const file = join(import.meta.dirname, '../testing/fixtures/sklearn-metrics/expected.json');
const expected = JSON.parse(readFileSync(file, 'utf8')) as { bins: number; cases: ExpectedCase[] };

/** Equal to 1e-9, numbers compared one by one; null is equal to null only. */
function expectClose(ours: unknown, theirs: unknown, where: string): void {
  if (typeof theirs === 'number') {
    const difference = typeof ours === 'number' ? Math.abs(ours - theirs) : Infinity;
    expect(difference, `${where}: ${String(ours)} against ${theirs}`).toBeLessThanOrEqual(1e-9);
  } else if (theirs === null || typeof theirs !== 'object') expect(ours, where).toEqual(theirs);
  else {
    expect(Object.keys(ours ?? {}), where).toEqual(Object.keys(theirs));
    for (const [key, value] of Object.entries(theirs)) {
      expectClose((ours as Record<string, unknown>)[key], value, `${where}.${key}`);
    }
  }
}

describe.each(expected.cases)('$name', (given) => {
  const { labels, thresholds } = given;
  const actual = Uint8Array.from(given.actual);
  const probabilities = Float32Array.from(given.probabilities);
  const predicted = applyThresholds(probabilities, thresholds);
  const column = (values: ArrayLike<number>, label: number): number[] =>
    Array.from(values).filter((_, i) => i % labels === label);

  it.each(given.perLabel.map((label, i) => ({ label, i })))('label $i: curves and areas', ({ label, i }) => {
    const ranking = rank(column(actual, i), column(probabilities, i));
    expectClose(precisionRecallCurve(ranking), label.precisionRecall, 'precision-recall');
    const roc = rocCurve(ranking);
    expectClose(roc && { ...roc, thresholds: roc.thresholds.slice(1) }, label.roc, 'roc');
    expectClose(rocAuc(ranking), label.rocAuc, 'ROC-AUC');
    expectClose(averagePrecision(ranking), label.averagePrecision, 'average precision');
  });

  it.each(given.perLabel.map((label, i) => ({ label, i })))('label $i: calibration', ({ label, i }) => {
    const [is, says] = [column(actual, i), column(probabilities, i)];
    expectClose(brierScore(is, says), label.brier, 'Brier score');
    for (const strategy of ['uniform', 'quantile'] as const) {
      const bins = calibrationCurve(is, says, expected.bins, strategy);
      const ours = {
        observed: bins.map((bin) => bin.observed),
        predicted: bins.map((bin) => bin.predicted),
        rows: bins.map((bin) => bin.rows),
        error: expectedCalibrationError(bins),
      };
      expectClose(ours, label[strategy], strategy);
      const once = is.map(() => 1);
      expectClose(weightedCalibrationError(is, says, expected.bins, strategy)(once), label[strategy].error, 'weighted');
    }
  });

  it('averages over labels and rows', () => {
    const counts = confusion(actual, predicted, labels);
    expectClose(microAverage(counts), given.averages.micro, 'micro');
    expectClose(macroAverage(counts), given.averages.macro, 'macro');
    expectClose(weightedAverage(counts), given.averages.weighted, 'weighted');
    expectClose(samplesAverage(actual, predicted, labels), given.averages.samples, 'samples');
    expectClose(microF1(counts), given.averages.micro.f1, 'micro-F1');
    expectClose(macroF1(counts), given.averages.macro.f1, 'macro-F1');
    expectClose(exactMatch(actual, predicted, labels), given.exactMatch, 'exact match');
    expectClose(hammingLoss(actual, predicted, labels), given.hammingLoss, 'Hamming loss');
    const ranked = labelRankingPrecisions(actual, probabilities, labels);
    const mean = ranked.reduce((total, value) => total + value, 0) / ranked.length;
    expectClose(mean, given.labelRankingAveragePrecision, 'label ranking average precision');
  });

  it('counts labels and sets of labels', () => {
    const { tn, fp, fn, tp } = confusion(actual, predicted, labels);
    expect(given.confusion).toEqual(Array.from(tp, (_, c) => [tn[c], fp[c], fn[c], tp[c]]));
    const { sets, cells } = labelSetConfusion(actual, predicted, labels);
    const names = sets.map((set) => set.join());
    expect(names.toSorted()).toEqual(given.labelSets.sets.toSorted());
    const place = names.map((name) => given.labelSets.sets.indexOf(name));
    const counts = given.labelSets.counts.map((row) => row.map(() => 0));
    for (const cell of cells) counts[place[cell.actual]][place[cell.predicted]] = cell.rows;
    expect(counts).toEqual(given.labelSets.counts);
  });
});
