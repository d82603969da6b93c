/** A kept run as tables, as a report, and as a bundle for a cluster. */
import { splitDataset } from '../data/split.ts';
import { csvLines, csvStart, escapeFormula } from '../data/predictionsCsv.ts';
import { checkSheetSize, writeWorkbook, type SheetCell } from '../data/xlsxWriter.ts';
import { writeParquet } from '../formats/parquet.ts';
import { reportHtml, type ReportInput } from '../formats/report.ts';
import { runTable, tableJson, type FurtherFigure, type RunTable, type TableCell } from '../formats/runTables.ts';
import { writeZip } from '../formats/zipWriter.ts';
import { calibrationCurve, expectedCalibrationError } from '../metrics/calibration.ts';
import { calibrationBins } from '../metrics/rankingReport.ts';
import { splitFigures } from '../metrics/splitFigures.ts';
import { bundleFiles, requireSplitOfRun } from '../recipes/bundle/bundle.ts';
import { readTrained, trainedMembers, withHead } from '../recipes/encoder.ts';
import { withExtraRows } from '../recipes/extraRows.ts';
import { exportOnnx } from '../recipes/onnx/exportOnnx.ts';
import type { Dataset } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { testArrays } from '../shared/evaluation.ts';
import type { RunFile, TableFormat } from '../shared/runFiles.ts';
import { seedOf } from '../shared/runMethod.ts';
import { minimumSupport, type FinetunedRun, type Interval, type RunRecord } from '../shared/training.ts';
import type { Encoders } from './encoders.ts';
import type { RunArchive } from './runArchive.ts';

/** On paper, more are not read. */
const shownMistakes = 60;

/** @throws RungError as `runTable`, and for a bundle 'data-mismatch' when the rows are not the run's */
export async function writeRunExport(
  archive: RunArchive,
  encoders: Encoders,
  run: RunRecord,
  file: Exclude<RunFile, string>,
): Promise<Blob> {
  if (file.kind === 'table') {
    const further = file.table === 'metrics' ? furtherFigures(run) : [];
    return writeTable(runTable(run, file.table, further), file.table, file.format);
  }
  if (file.kind === 'report') return new Blob([reportHtml(reportInput(run, file.findings))], { type: 'text/html' });
  if (run.kind !== 'finetune') {
    const message = `“${run.name}” has no encoder that could be trained elsewhere.`;
    throw new RungError('not-found', message, 'Choose a run that was fine-tuned on one split.');
  }
  return writeBundle(archive, encoders, run, file.dataset);
}

function ofAll(figure: string, value: Interval): FurtherFigure {
  return { figure, label: null, value };
}

/** What Results shows beside the figures of the record; of folds, whose thresholds differ, only what does not depend on them. */
function furtherFigures(run: RunRecord): FurtherFigure[] {
  if (run.test === null) return [];
  const { thresholds, data } = run;
  const { labelNames } = data;
  const request = { ...testArrays(run.test.rows), thresholds, labelNames, seed: seedOf(run) };
  const { evaluation, ranking } = splitFigures(request);
  return [
    ...(run.kind === 'cross-validation'
      ? []
      : [
          ofAll('weighted F1', evaluation.weightedF1),
          ofAll('samples F1', evaluation.samplesF1),
          ofAll('Hamming loss', evaluation.hammingLoss),
        ]),
    ofAll('label ranking average precision', ranking.labelRanking),
    ...ranking.perLabel.flatMap(({ rocAuc, averagePrecision, calibrationError, brier }, i) => [
      { figure: 'ROC-AUC', label: i, value: rocAuc },
      { figure: 'average precision', label: i, value: averagePrecision },
      { figure: 'expected calibration error', label: i, value: calibrationError },
      { figure: 'Brier score', label: i, value: brier },
    ]),
  ];
}

async function writeTable(table: RunTable, name: string, format: TableFormat): Promise<Blob> {
  const header = table.columns.map((column) => column.name);
  switch (format) {
    case 'json':
      return new Blob([tableJson(table)], { type: 'application/json' });
    case 'parquet':
      return new Blob([writeParquet(table)], { type: 'application/vnd.apache.parquet' });
    case 'csv': {
      const lines = csvLines([header, ...table.rows].map((row) => row.map(sheetCell)));
      return new Blob([csvStart, lines], { type: 'text/csv' });
    }
    case 'xlsx': {
      checkSheetSize(table.rows.length + 1, header.length);
      const widths = table.columns.map(({ name: column, type }) =>
        type === 'text' ? Math.max(24, column.length) : Math.max(10, column.length),
      );
      return writeWorkbook(
        name,
        widths,
        [header, ...table.rows].map((row) => row.map(sheetCell)),
      );
    }
  }
}

/** A cell that no program takes for a formula. */
function sheetCell(cell: TableCell): SheetCell {
  if (cell === null) return '';
  return typeof cell === 'string' ? escapeFormula(cell) : cell;
}

function reportInput(run: RunRecord, findings: ReportInput['findings']): ReportInput {
  const rows = run.test?.rows ?? [];
  const calibration = run.data.labelNames.map((_, label) => {
    const actual = rows.map((row) => (row.actual[label] ? 1 : 0));
    if (actual.filter((held) => held === 1).length < minimumSupport) return { points: [], error: null };
    const bins = calibrationCurve(actual, rows.map(({ probabilities }) => probabilities[label]), calibrationBins, 'uniform'); // prettier-ignore
    return {
      points: bins.map(({ predicted, observed }) => ({ x: predicted, y: observed })),
      error: expectedCalibrationError(bins),
    };
  });
  const wrong = mistakesOf(run);
  return { run, findings, calibration, wrong: wrong.slice(0, shownMistakes), wrongCount: wrong.length };
}

/** Test rows that were not answered exactly right, the surest mistakes first. */
function mistakesOf(run: RunRecord): ReportInput['wrong'] {
  const { labelNames } = run.data;
  const names = (flags: readonly boolean[]): string => labelNames.filter((_, label) => flags[label]).join(', ');
  const found = (run.test?.rows ?? []).flatMap(({ row, title, actual, probabilities, fold }) => {
    const ofFold = run.kind === 'cross-validation' && fold !== undefined ? run.folds[fold]?.thresholds : undefined;
    const thresholds = ofFold ?? run.thresholds;
    const predicted = probabilities.map((p, label) => p >= thresholds[label]);
    const distances = probabilities.map((p, label) =>
      predicted[label] === actual[label] ? 0 : Math.abs(p - thresholds[label]),
    );
    if (predicted.every((given, label) => given === actual[label])) return [];
    return [{ row, title, actual: names(actual), predicted: names(predicted), surprise: Math.max(...distances) }];
  });
  return found.toSorted((a, b) => b.surprise - a.surprise || a.row - b.row);
}

async function writeBundle(archive: RunArchive, encoders: Encoders, run: FinetunedRun, given: Dataset): Promise<Blob> {
  const { config, data } = run;
  if (given.fingerprint !== data.fingerprint) {
    const message = `Writing the bundle of “${run.name}”: it was trained on ${data.rows} rows of ${data.name} (fingerprint ${data.fingerprint}); the open table gives ${given.rowNumbers.length} rows of ${given.name} (${given.fingerprint}).`;
    throw new RungError('data-mismatch', message, `Open ${data.name} on the Data page as it was then.`);
  }
  const labelCount = given.labelNames.length;
  const ofTable = splitDataset(given.labels, labelCount, given.groups, config.split, config.seed);
  const { dataset, split } = withExtraRows(given, ofTable, config.extraRows, 'refuse');
  requireSplitOfRun(run, dataset, split);
  const encoder = await encoders.load(config.encoder);
  const { architecture, weights: start } = withHead(encoder, labelCount, { ...config, keepHead: false });
  const onnx = run.weightBytes > 0 ? await trainedOnnx(archive, run) : null;
  return writeZip(bundleFiles({ run, dataset, split, architecture, start, encoderFiles: encoder.files, onnx }));
}

async function trainedOnnx(archive: RunArchive, run: FinetunedRun): Promise<Blob> {
  const trained = await readTrained(await archive.files(run.id), run);
  const labels = run.data.labelNames.length;
  const { architecture, members } = trainedMembers(trained, labels);
  return exportOnnx(architecture, members, { form: 'classifier', precision: 'fp32' });
}
