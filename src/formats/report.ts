/**
 * A run as one HTML page to print or to send on: no script, nothing fetched. It holds titles of the test rows that were answered wrongly,
 * and says so.
 */
import { sidesText } from './sidesText.ts';
import type { Finding } from '../shared/dataset.ts';
import { learntRowCount } from '../shared/epochs.ts';
import { movedThresholds } from '../shared/evaluation.ts';
import { methodOf, modelNameOf } from '../shared/runMethod.ts';
import { minimumSupport, type EpochRecord, type Interval, type RunRecord } from '../shared/training.ts';
import { chartSvg, escapeHtml, type ReportChart, type ReportLine } from './reportCharts.ts';
import { reportStyle } from './reportStyle.ts';

export interface ReportInput {
  run: RunRecord;
  /** What the checks of the table found; null where the run's table is not open. */
  findings: readonly Pick<Finding, 'severity' | 'title' | 'detail'>[] | null;
  /** By label; a label with too few rows has none. */
  calibration: readonly { points: readonly { x: number; y: number }[]; error: number | null }[];
  wrong: readonly { row: number; title: string; actual: string; predicted: string }[];
  /** Test titles that were answered wrongly in all. */
  wrongCount: number;
}

/** Printable in black, too: colours differ in lightness, dashes in length. */
const styles = [
  { colour: '#0b63c5', dash: '' },
  { colour: '#c2410c', dash: '6 3' },
  { colour: '#15803d', dash: '2 2' },
  { colour: '#7e22ce', dash: '8 3 2 3' },
  { colour: '#be185d', dash: '4 4' },
  { colour: '#0e7490', dash: '1 3' },
];
const style = (i: number): Pick<ReportLine, 'colour' | 'dash'> => styles[i % styles.length];

/** Of a run on one split the rows it learnt, of folds all: each fold learns others. */
function rowsOf(run: RunRecord): string {
  const rows = `${count(run.data.rows)} rows`;
  return run.kind === 'cross-validation' ? `on ${rows}` : `trained on ${count(learntRowCount(run))} of the ${rows}`;
}

/** The page. */
export function reportHtml(input: ReportInput): string {
  const { run } = input;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(run.name)}: report</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>${escapeHtml(run.name)}</h1>
<p class="lead">${escapeHtml(modelNameOf(run))} ${rowsOf(run)} of ${escapeHtml(run.data.name)}, ${new Date(run.createdAt).toISOString().slice(0, 10)}. Made in a browser with Rung${run.version ? ` ${escapeHtml(run.version)}` : ''}.</p>
${figuresSection(run)}
${labelsSection(run)}
${curvesSection(run)}
${calibrationSection(input)}
${wrongSection(input)}
${dataSection(input)}
${settingsSection(run)}
</body>
</html>
`;
}

function figuresSection({ test, thresholds, data, ...run }: RunRecord): string {
  if (!test) return section('How good it is', '<p><strong>Not measured.</strong> No test rows were answered.</p>');
  const { report } = test;
  const moved = movedThresholds(thresholds, run).map((label) => escapeHtml(data.labelNames[label]));
  return section(
    'How good it is',
    `<p>On ${count(report.rows)} test rows that neither training nor the choice of thresholds saw; near-duplicate titles stay on one side. In brackets
the 95 % bootstrap interval.</p>
${table(
  ['Figure', 'Value'],
  [
    ['Micro-F1', shown(report.microF1)],
    ['Macro-F1, all labels in the test rows', shown(report.macroF1)],
    [`Macro-F1, labels of ${minimumSupport} test rows or more`, shown(report.macroF1Supported)],
    ['Whole label set right', shown(report.exactMatch)],
    ['Micro-F1 of the best constant answer', report.constantMicroF1.toFixed(2)],
  ],
)}
${moved.length > 0 ? `<p><strong>Thresholds moved by hand:</strong> ${moved.join(', ')}. If that was done by looking at the test rows, these figures are optimistic.</p>` : ''}`,
  );
}

function labelsSection({ test, data }: RunRecord): string {
  if (!test) return '';
  const rows = test.report.perLabel.map(({ name, support, predicted, threshold, precision, recall, f1 }, i) => [
    escapeHtml(name),
    count(data.labelRows[i] ?? 0),
    count(support),
    count(predicted),
    threshold.toFixed(2),
    shown(precision),
    shown(recall),
    shown(f1),
  ]);
  const header = ['Label', 'Rows', 'Test rows', 'Given', 'Threshold', 'Precision', 'Recall', 'F1'];
  return section('Label by label', table(header, rows));
}

function curvesSection(run: RunRecord): string {
  if (run.kind === 'cross-validation') {
    const rows = run.folds.map(({ seed, fold, test, train }) => [
      String(seed),
      String(fold),
      count(test.rows),
      test.microF1.toFixed(3),
      test.macroF1.toFixed(3),
      train.microF1.toFixed(3),
    ]);
    const header = ['Seed', 'Fold', 'Test rows', 'Micro-F1', 'Macro-F1', 'Micro-F1 on its training rows'];
    return section('Fold by fold', table(header, rows));
  }
  if (run.kind === 'classical') {
    const rows = run.chosen.map(({ label, candidate, f1 }) => [
      escapeHtml(label),
      escapeHtml(candidate),
      f1.toFixed(3),
    ]);
    return section('What was chosen', table(['Label', 'Classifier', 'F1 on inner folds'], rows));
  }
  const line = (name: string, i: number, y: (epoch: EpochRecord) => number): ReportLine => ({
    name,
    ...style(i),
    points: run.epochs.map((epoch) => ({ x: epoch.epoch, y: y(epoch) })),
    starts: run.memberStarts,
  });
  const charts: ReportChart[] = [
    {
      title: 'Loss',
      xName: 'epoch',
      lines: [line('training', 0, (epoch) => epoch.trainLoss), line('validation', 1, (epoch) => epoch.validationLoss)],
    },
    {
      title: 'F1 on the validation rows',
      xName: 'epoch',
      y: [0, 1],
      lines: [line('micro-F1', 0, (epoch) => epoch.microF1), line('macro-F1', 1, (epoch) => epoch.macroF1)],
    },
  ];
  const kept =
    run.members > 1
      ? `<p>${run.members} models were trained one after the other; the mean of their logits answers.</p>`
      : run.bestEpoch === null
        ? ''
        : `<p>Kept is epoch ${run.bestEpoch} of ${run.epochs.length}.</p>`;
  return section('While it was trained', `${kept}<div class="charts">${charts.map(chartSvg).join('')}</div>`);
}

function calibrationSection({ run, calibration }: ReportInput): string {
  const charts = calibration.flatMap(({ points, error }, label) =>
    points.length === 0 || error === null
      ? []
      : [
          chartSvg({
            title: `${run.data.labelNames[label]}: calibration error ${error.toFixed(3)}`,
            xName: 'probability given',
            x: [0, 1],
            y: [0, 1],
            diagonal: true,
            lines: [{ name: 'share right', points, ...style(label) }],
          }),
        ],
  );
  if (charts.length === 0) return '';
  const words = `Test rows by the probability they were given, and the share of them that carries the label: on the diagonal, probabilities mean what they
say. Labels with fewer than ${minimumSupport} test rows are left out.`;
  return section('Calibration', `<p>${words}</p><div class="charts">${charts.join('')}</div>`);
}

function wrongSection({ run, wrong, wrongCount }: ReportInput): string {
  if (!run.test) return '';
  const rows = wrong.map(({ row, title, actual, predicted }) => [
    String(row),
    escapeHtml(title),
    escapeHtml(actual) || '<i>none</i>',
    escapeHtml(predicted) || '<i>none</i>',
  ]);
  const shownText = rows.length < wrongCount ? ` The ${rows.length} surest mistakes:` : '';
  return section(
    'Titles answered wrongly',
    `<p>${count(wrongCount)} of ${count(run.test.rows.length)} test titles.${shownText}</p>${rows.length > 0 ? table(['Row', 'Title', 'In the table', 'Answered'], rows) : ''}`,
  );
}

function dataSection({ run, findings }: ReportInput): string {
  const { data } = run;
  const corrected = data.corrected
    ? `<p>Labels of ${count(data.corrected.length)} rows had been corrected by hand.</p>`
    : '';
  const found =
    findings === null
      ? `<p>What the checks found is not in this report: ${escapeHtml(data.name)} was not open when it was made.</p>`
      : findings.length === 0
        ? '<p>The checks found nothing wrong with the table.</p>'
        : `<ul>${findings.map(({ title, detail }) => `<li><strong>${escapeHtml(title)}.</strong> ${escapeHtml(detail)}</li>`).join('')}</ul>`;
  const sides = run.kind === 'cross-validation' ? `${run.crossValidation.folds} folds` : sidesText(run, count);
  return section(
    'The data',
    `<p>${escapeHtml(data.name)}: ${count(data.rows)} rows (${sides}), fingerprint <code>${escapeHtml(data.fingerprint)}</code>.</p>${corrected}
<h3>What was wrong with it</h3>${found}`,
  );
}

function settingsSection(run: RunRecord): string {
  const { config } = methodOf(run);
  const rows = Object.entries(config).map(([name, value]: [string, unknown]) => {
    const plain = name === 'extraRows' && Array.isArray(value) ? `${value.length} rows by hand` : settingText(value);
    return [escapeHtml(spaced(name)), escapeHtml(plain)];
  });
  return section('Settings', table(['Setting', 'Value'], rows));
}

/** "weightDecay" -> "weight decay" */
function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function settingText(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.map(settingText).join(', ');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return typeof value === 'string' ? value : '';
  return Object.entries(value)
    .map(([name, part]: [string, unknown]) => `${spaced(name)} ${settingText(part)}`)
    .join(', ');
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`;
}

function rowOf(tag: 'th' | 'td', cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
}

/** Cells are HTML. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table><thead>${rowOf('th', header)}</thead><tbody>${rows.map((row) => rowOf('td', row)).join('')}</tbody></table>`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

function shown(figure: Interval | null): string {
  if (!figure) return 'not enough rows to say';
  return `${figure.value.toFixed(2)} (${figure.low.toFixed(2)} to ${figure.high.toFixed(2)})`;
}
