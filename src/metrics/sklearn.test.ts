/** Agreement with scikit-learn on the same arrays; tools/sklearnMetrics.py made the figures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exactMatch, hammingLoss, macroAverage, microAverage, samplesAverage, weightedAverage } from './averages.ts';
import type { PrecisionRecallF1 } from './averages.ts';
import { brierScore, calibrationCurve, expectedCalibrationError } from './calibration.ts';
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

/** Where numbers differ by more than 1e-9, compared one by one; null agrees with null only. Empty: all agree. */
function differences(ours: unknown, theirs: unknown, where = 'figure'): string[] {
  if (typeof theirs === 'number') {
    const agrees = typeof ours === 'number' && Math.abs(ours - theirs) <= 1e-9;
    return agrees ? [] : [`${where}: ${JSON.stringify(ours)} against ${theirs}`];
  }
  if (theirs === null || typeof theirs !== 'object')
    return ours === theirs ? [] : [`${where}: ${JSON.stringify(ours)}`];
  const own = (ours ?? {}) as Record<string, unknown>;
  if (Object.keys(own).join() !== Object.keys(theirs).join()) return [`${where}: keys ${Object.keys(own).join()}`];
  return Object.entries(theirs).flatMap(([key, value]) => differences(own[key], value, `${where}.${key}`));
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
    expect(differences(precisionRecallCurve(ranking), label.precisionRecall)).toEqual([]);
    const roc = rocCurve(ranking);
    expect(differences(roc && { ...roc, thresholds: roc.thresholds.slice(1) }, label.roc)).toEqual([]);
    expect(differences(rocAuc(ranking), label.rocAuc)).toEqual([]);
    expect(differences(averagePrecision(ranking), label.averagePrecision)).toEqual([]);
  });

  it.each(given.perLabel.map((label, i) => ({ label, i })))('label $i: calibration', ({ label, i }) => {
    const [is, says] = [column(actual, i), column(probabilities, i)];
    expect(differences(brierScore(is, says), label.brier)).toEqual([]);
    for (const strategy of ['uniform', 'quantile'] as const) {
      const bins = calibrationCurve(is, says, expected.bins, strategy);
      const ours = {
        observed: bins.map((bin) => bin.observed),
        predicted: bins.map((bin) => bin.predicted),
        rows: bins.map((bin) => bin.rows),
        error: expectedCalibrationError(bins),
      };
      expect(differences(ours, label[strategy], strategy)).toEqual([]);
    }
  });

  it('averages over labels and rows', () => {
    const counts = confusion(actual, predicted, labels);
    expect(differences(microAverage(counts), given.averages.micro)).toEqual([]);
    expect(differences(macroAverage(counts), given.averages.macro)).toEqual([]);
    expect(differences(weightedAverage(counts), given.averages.weighted)).toEqual([]);
    expect(differences(samplesAverage(actual, predicted, labels), given.averages.samples)).toEqual([]);
    expect(differences(microF1(counts), given.averages.micro.f1)).toEqual([]);
    expect(differences(macroF1(counts), given.averages.macro.f1)).toEqual([]);
    expect(differences(exactMatch(actual, predicted, labels), given.exactMatch)).toEqual([]);
    expect(differences(hammingLoss(actual, predicted, labels), given.hammingLoss)).toEqual([]);
    const ranked = labelRankingPrecisions(actual, probabilities, labels);
    const mean = ranked.reduce((total, value) => total + value, 0) / ranked.length;
    expect(differences(mean, given.labelRankingAveragePrecision)).toEqual([]);
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
