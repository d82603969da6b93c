/** The table and the file of `npm run eval`: one seed as it is, several as means over the seeds. */
import { minimumSupport, type Interval, type LabelReport, type SplitReport } from '../../src/shared/training.ts';
import type { EvalResult } from './folds.ts';

const figures = ['microF1', 'macroF1', 'macroF1Supported', 'exactMatch'] as const;
type Figure = (typeof figures)[number];

const names: Record<Figure, string> = {
  microF1: 'micro-F1',
  macroF1: 'macro-F1',
  macroF1Supported: `macro-F1, labels of ${minimumSupport} rows or more`,
  exactMatch: 'exact match',
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Null where a seed has none. */
function meanInterval(intervals: readonly (Interval | null)[]): Interval | null {
  const known = intervals.filter((interval) => interval !== null);
  if (known.length < intervals.length) return null;
  const of = (key: keyof Interval): number => mean(known.map((interval) => interval[key]));
  return { value: of('value'), low: of('low'), high: of('high') };
}

function meanLabel(labels: readonly LabelReport[]): LabelReport {
  return {
    name: labels[0].name,
    support: labels[0].support,
    predicted: mean(labels.map(({ predicted }) => predicted)),
    threshold: mean(labels.map(({ threshold }) => threshold)),
    precision: meanInterval(labels.map(({ precision }) => precision)),
    recall: meanInterval(labels.map(({ recall }) => recall)),
    f1: meanInterval(labels.map(({ f1 }) => f1)),
  };
}

/** Standard deviation of a figure over the seeds; null for one seed and where there is no figure. */
function deviation(reports: readonly SplitReport[], figure: Figure): number | null {
  const values = reports.map((report) => report[figure]?.value).filter((value) => value !== undefined);
  if (values.length < 2) return null;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

function text(interval: Interval | null, spread: number | null = null): string {
  if (!interval) return 'not enough rows to say';
  const seeds = spread === null ? '' : ` +-${spread.toFixed(3)}`;
  return `${interval.value.toFixed(3)}${seeds}  (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
}

/** Prints the figures with their 95 % intervals; with several seeds, means of both and the standard deviation over the seeds. */
export function print(results: readonly EvalResult[], recipe: string, folds: number): void {
  const [{ rows, description, backend, device }] = results;
  const [learned, half] = [results.map((result) => result.learned), results.map((result) => result.half)];
  const seeds = results.map(({ seed }) => seed).join(', ');
  console.log(`\n${recipe}: ${rows} rows, ${folds} folds, ${description}, seed ${seeds}`);
  const epochSeconds = results.map((result) => result.epochSeconds).filter((seconds) => seconds !== null);
  const anEpoch = epochSeconds.length > 0 ? `, ${mean(epochSeconds).toFixed(1)} s an epoch` : '';
  console.log(`${backend} (${device}), ${totalSeconds(results).toFixed(0)} s in all${anEpoch}`);
  const spread = results.length > 1 ? ' (means over the seeds, +- their deviation)' : '';
  console.log(`\nout of fold, 95 % interval${spread}`);
  console.log(`${''.padEnd(36)}${'threshold .5'.padEnd(34)}thresholds chosen`);
  for (const figure of figures) {
    const of = (reports: readonly SplitReport[]): string =>
      text(meanInterval(reports.map((report) => report[figure])), deviation(reports, figure));
    console.log(`${names[figure].padEnd(36)}${of(half).padEnd(34)}${of(learned)}`);
  }
  for (const figure of ['precision', 'recall'] as const) {
    const of = (key: 'halfAnswers' | 'learnedAnswers'): string =>
      mean(results.map((result) => result[key][figure])).toFixed(3);
    console.log(`${`${figure} of all answers`.padEnd(36)} ${of('halfAnswers').padEnd(34)}${of('learnedAnswers')}`);
  }
  const areas = results.map(({ rocAuc }) => rocAuc).filter((area) => area !== null);
  if (areas.length > 0) console.log(`${'ROC-AUC, mean over labels'.padEnd(36)} ${mean(areas).toFixed(3)}`);
  console.log(`${'micro-F1 of the best constant answer'.padEnd(36)} ${learned[0].constantMicroF1.toFixed(3)}`);
  for (const [i, label] of learned[0].perLabel.entries()) {
    const of = (reports: readonly SplitReport[]): string => text(meanInterval(reports.map((r) => r.perLabel[i].f1)));
    console.log(`${`F1 ${label.name} (${label.support})`.padEnd(36)}${of(half).padEnd(34)}${of(learned)}`);
  }
  for (const { seed, notes } of results) {
    if (notes.length > 0) console.log(`\nseed ${seed}\n${notes.join('\n')}`);
  }
}

function plain(reports: readonly SplitReport[]) {
  const intervals = Object.fromEntries(
    figures.map((figure) => [figure, meanInterval(reports.map((report) => report[figure]))]),
  );
  return {
    ...Object.fromEntries(figures.map((figure) => [figure, intervals[figure]?.value ?? null])),
    constantMicroF1: reports[0].constantMicroF1,
    perLabel: reports[0].perLabel.map((_, i) => meanLabel(reports.map((report) => report.perLabel[i]))),
    intervals,
    deviations: Object.fromEntries(figures.map((figure) => [figure, deviation(reports, figure)])),
  };
}

/** What `--json` writes; figures are those at the chosen thresholds, means over the seeds. */
export function jsonOf(results: readonly EvalResult[], recipe: string, folds: number): object {
  const [{ rows, backend, device, settings }] = results;
  const epochSeconds = results.map((result) => result.epochSeconds).filter((seconds) => seconds !== null);
  return {
    ...plain(results.map(({ learned }) => learned)),
    seconds: totalSeconds(results),
    backend,
    device,
    recipe,
    folds,
    rows,
    secondsPerEpoch: epochSeconds.length > 0 ? mean(epochSeconds) : null,
    atThresholdHalf: plain(results.map(({ half }) => half)),
    precision: mean(results.map(({ learnedAnswers }) => learnedAnswers.precision)),
    recall: mean(results.map(({ learnedAnswers }) => learnedAnswers.recall)),
    rocAuc: results.every(({ rocAuc }) => rocAuc !== null) ? mean(results.map(({ rocAuc }) => rocAuc ?? NaN)) : null,
    settings,
    seeds: results.map(({ seed }) => seed),
    bySeed: results.map(({ seed, seconds, learned, half, notes, answered }) => ({
      seed,
      seconds,
      ...plain([learned]),
      atThresholdHalf: plain([half]),
      notes,
      answered,
    })),
  };
}

function totalSeconds(results: readonly EvalResult[]): number {
  return results.reduce((sum, { seconds }) => sum + seconds, 0);
}
