/** What differs between runs: settings, data, figures. */
import type { FinetunedRun, RunRecord } from '../../shared/training.ts';
import { describeConfig } from '../../ui/configText.ts';
import { formatCount, formatDuration, formatFigure } from '../../ui/format.ts';

/** Figure that chose the best epoch, in that epoch; null while no epoch is done, and for what has no epochs. */
export function bestValidationF1(run: RunRecord): number | null {
  if (run.kind !== 'finetune') return null;
  const best = run.epochs.find((record) => record.epoch === run.bestEpoch);
  if (!best) return null;
  return run.config.bestBy === 'microF1' ? best.microF1 : best.macroF1;
}

function cleaning(run: FinetunedRun): string {
  const steps = Object.entries(run.data.cleaning).filter(([, on]) => on);
  return steps.length === 0 ? 'none' : steps.map(([name]) => name).join(', ');
}

export interface ComparedRow {
  name: string;
  values: string[];
}

/** Settings (and data) that are not the same in all runs. */
export function differingSettings(runs: readonly FinetunedRun[]): ComparedRow[] {
  const described = runs.map((run) => describeConfig(run.config, run.encoderName));
  const rows = (described[0] ?? []).map((setting, i) => ({
    name: setting.name,
    values: described.map((settings) => settings[i].value),
  }));
  rows.push(
    { name: 'Data', values: runs.map((run) => `${run.data.name}, ${formatCount(run.data.rows)} rows`) },
    { name: 'Title cleaning', values: runs.map(cleaning) },
    { name: 'Computed on', values: runs.map((run) => run.device.name) },
  );
  return rows.filter((row) => new Set(row.values).size > 1);
}

/** The figures that are compared, for each run. */
export function comparedFigures(runs: readonly FinetunedRun[]): ComparedRow[] {
  const report = (pick: (run: FinetunedRun) => number | undefined): string[] =>
    runs.map((run) => formatFigure(pick(run)));
  return [
    { name: 'Validation F1, best epoch', values: runs.map((run) => formatFigure(bestValidationF1(run))) },
    { name: 'Best epoch', values: runs.map((run) => (run.bestEpoch === null ? '–' : formatCount(run.bestEpoch))) },
    { name: 'Test micro-F1', values: report((run) => run.test?.report.microF1.value) },
    { name: 'Test macro-F1', values: report((run) => run.test?.report.macroF1.value) },
    { name: 'Test exact match', values: report((run) => run.test?.report.exactMatch.value) },
    { name: 'Duration', values: runs.map((run) => formatDuration(run.seconds)) },
  ];
}
