/** What differs between runs: settings, data, figures. */
import { figureOf, type Interval, type LabelReport, type RunRecord, type SplitReport } from '../../shared/training.ts';
import { curveParts } from '../../shared/curveParts.ts';
import { describeRun } from '../../ui/configText.ts';
import { formatBytes, formatCount, formatDuration, formatFigure, formatInterval } from '../../ui/format.ts';

/**
 * Validation F1 of the epoch that is kept; of several models the mean, each on a fold of its own. Null while no epoch is done, and for
 * what has no epochs.
 */
export function keptValidationF1(run: RunRecord): number | null {
  if (run.kind !== 'finetune') return null;
  const figure = figureOf(run.config);
  if (run.members > 1) {
    const points = run.epochs.map((record) => ({ x: record.epoch, y: record[figure] }));
    const models = curveParts(points, run.memberStarts).slice(0, run.members);
    if (models.length < run.members || models.some((part) => part.length === 0)) return null;
    const kept = models.map((part) =>
      run.config.bestBy === 'last' ? part.at(-1)!.y : Math.max(...part.map(({ y }) => y)),
    );
    return kept.reduce((sum, y) => sum + y, 0) / kept.length;
  }
  const best = run.epochs.find((record) => record.epoch === run.bestEpoch);
  return best ? best[figure] : null;
}

function cleaning(run: RunRecord): string {
  const steps = Object.entries(run.data.cleaning).filter(([, on]) => on);
  return steps.length === 0 ? 'none' : steps.map(([name]) => name).join(', ');
}

export interface ComparedRow {
  name: string;
  values: string[];
}

const kindNames: Record<RunRecord['kind'], string> = {
  finetune: 'a fine-tuned encoder',
  classical: 'a classical classifier for each label',
  'cross-validation': 'a cross-validation',
};

const nothing = '–';

/** Settings (and data) that are not the same in all runs; runs of different kinds have some that the others lack. */
export function differingSettings(runs: readonly RunRecord[]): ComparedRow[] {
  const described = runs.map((run) => new Map(describeRun(run).map(({ name, value }) => [name, value])));
  const names = new Set(described.flatMap((settings) => [...settings.keys()]));
  const rows = [
    { name: 'Kind', values: runs.map(({ kind }) => kindNames[kind]) },
    ...Array.from(names, (name) => ({ name, values: described.map((settings) => settings.get(name) ?? nothing) })),
    { name: 'Data', values: runs.map((run) => `${run.data.name}, ${formatCount(run.data.rows)} rows`) },
    { name: 'Title cleaning', values: runs.map(cleaning) },
    {
      name: 'Computed on',
      values: runs.map((run) => (run.kind === 'classical' ? null : run.device)?.name ?? 'the processor'),
    },
  ];
  return rows.filter((row) => new Set(row.values).size > 1);
}

/** The median over the epochs: the first one warms up, and a paused tab slows some. */
function trainingSpeed(run: RunRecord): string {
  if (run.kind !== 'finetune' || run.epochs.length === 0) return nothing;
  const speeds = run.epochs.map(({ titlesPerSecond }) => titlesPerSecond).toSorted((a, b) => a - b);
  return formatCount(Math.round(speeds[Math.floor(speeds.length / 2)]));
}

export interface ComparedLabel {
  name: string;
  /** For each run; null where it has no such label, or was not tested. */
  reports: (LabelReport | null)[];
}

/** Labels of all runs, in the order in which they come; none where no run was tested. */
export function comparedLabels(runs: readonly RunRecord[]): ComparedLabel[] {
  const byRun = runs.map(({ test }) => test?.report.perLabel ?? []);
  const names = new Set(byRun.flatMap((labels) => labels.map(({ name }) => name)));
  return Array.from(names, (name) => ({
    name,
    reports: byRun.map((labels) => labels.find((label) => label.name === name) ?? null),
  }));
}

/** The figures that are compared, for each run. */
export function comparedFigures(runs: readonly RunRecord[]): ComparedRow[] {
  const report = (pick: (report: SplitReport) => Interval | null): string[] =>
    runs.map(({ test }) => {
      const interval = test && pick(test.report);
      return interval ? formatInterval(interval, 3) : nothing;
    });
  const rows = [
    { name: 'Validation F1, epoch kept', values: runs.map((run) => formatFigure(keptValidationF1(run))) },
    {
      name: 'Epoch kept',
      values: runs.map((run) =>
        run.kind === 'finetune' && run.bestEpoch !== null && run.members === 1 ? formatCount(run.bestEpoch) : nothing,
      ),
    },
    { name: 'Test micro-F1', values: report(({ microF1 }) => microF1) },
    { name: 'Test macro-F1', values: report(({ macroF1 }) => macroF1) },
    { name: 'Test exact match', values: report(({ exactMatch }) => exactMatch) },
    { name: 'Duration', values: runs.map((run) => formatDuration(run.seconds)) },
    { name: 'Titles a second in training', values: runs.map(trainingSpeed) },
    { name: 'Model', values: runs.map((run) => (run.weightBytes > 0 ? formatBytes(run.weightBytes) : nothing)) },
  ];
  return rows.filter(({ values }) => values.some((value) => value !== nothing));
}
