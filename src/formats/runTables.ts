/** What a run was measured at, as tables: every test row with its answers, and every figure with its interval. */
import { RungError } from '../shared/errors.ts';
import type { Interval, RunRecord } from '../shared/training.ts';

export type RunTableKind = 'predictions' | 'metrics';

/** A bigint is a whole number; null stands where there is nothing to say. */
export type TableCell = string | number | bigint | null;

export interface RunTable {
  columns: { name: string; type: 'text' | 'number' | 'whole' }[];
  /** As long as `columns`, each. */
  rows: TableCell[][];
}

/** A figure that is not kept with the run but follows from its test rows. */
export interface FurtherFigure {
  figure: string;
  /** By its place; null: of all labels. */
  label: number | null;
  /** Null where there are not enough rows to say. */
  value: Interval | null;
}

/** @param further figures that are written below those of the record. @throws RungError `not-found` for a run that was never measured */
export function runTable(run: RunRecord, kind: RunTableKind, further: readonly FurtherFigure[] = []): RunTable {
  if (run.test === null) {
    const message = `Writing the ${kind} of “${run.name}”: it was never measured on test rows.`;
    throw new RungError('not-found', message, 'Train to the end, then export its figures.');
  }
  return kind === 'predictions' ? predictions(run, run.test) : metrics(run.test, further);
}

type Measured = NonNullable<RunRecord['test']>;

/** Thresholds of each fold where there are folds: a row goes by those of the model that answered it. */
function predictions(run: RunRecord, { rows }: Measured): RunTable {
  const { labelNames } = run.data;
  const folds = run.kind === 'cross-validation' ? run.folds : null;
  const names = (flags: readonly boolean[]): string => labelNames.filter((_, label) => flags[label]).join('; ');
  return {
    columns: [
      { name: 'Row', type: 'whole' },
      ...(folds ? [{ name: 'Fold', type: 'whole' } as const] : []),
      { name: 'Title', type: 'text' },
      { name: 'Actual labels', type: 'text' },
      { name: 'Predicted labels', type: 'text' },
      { name: 'Right', type: 'text' },
      ...labelNames.map((name) => ({ name: `Probability of ${name}`, type: 'number' }) as const),
    ],
    rows: rows.map(({ row, title, actual, probabilities, fold }) => {
      const thresholds = (fold !== undefined && folds?.[fold]?.thresholds) || run.thresholds;
      const predicted = probabilities.map((p, label) => p >= thresholds[label]);
      const right = predicted.every((given, label) => given === actual[label]);
      return [
        BigInt(row),
        ...(folds ? [fold === undefined ? null : BigInt(folds[fold].fold)] : []),
        title,
        names(actual),
        names(predicted),
        right ? 'yes' : 'no',
        ...probabilities,
      ];
    }),
  };
}

function metrics({ report }: Measured, further: readonly FurtherFigure[]): RunTable {
  const rows: TableCell[][] = [];
  const add = (figure: string, label: string | null, value: Interval | null, support: number): void => {
    rows.push([figure, label, value?.value ?? null, value?.low ?? null, value?.high ?? null, BigInt(support)]);
  };
  add('micro-F1', null, report.microF1, report.rows);
  add('macro-F1', null, report.macroF1, report.rows);
  add('macro-F1, labels with enough rows', null, report.macroF1Supported, report.rows);
  add('exact match', null, report.exactMatch, report.rows);
  rows.push(['micro-F1 of the best constant answer', null, report.constantMicroF1, null, null, BigInt(report.rows)]);
  for (const { name, support, threshold, precision, recall, f1 } of report.perLabel) {
    add('precision', name, precision, support);
    add('recall', name, recall, support);
    add('F1', name, f1, support);
    rows.push(['threshold', name, threshold, null, null, BigInt(support)]);
  }
  for (const { figure, label, value } of further) {
    if (label === null) add(figure, null, value, report.rows);
    else add(figure, report.perLabel[label].name, value, report.perLabel[label].support);
  }
  return {
    columns: [
      { name: 'Figure', type: 'text' },
      { name: 'Label', type: 'text' },
      { name: 'Value', type: 'number' },
      { name: '95 % from', type: 'number' },
      { name: '95 % to', type: 'number' },
      { name: 'Rows', type: 'whole' },
    ],
    rows,
  };
}

/** The table as a JSON list of objects, a line each. */
export function tableJson({ columns, rows }: RunTable): string {
  const lines = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(
        columns.map(({ name }, i) => [name, typeof row[i] === 'bigint' ? Number(row[i]) : row[i]] as const),
      ),
    ),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}
