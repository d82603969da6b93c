/**
 * Recipe `level-area`: the app's own workers in headless Chromium. Titles come without labels, so what is measured is agreement with the
 * keywords; accuracy is told for files that have true labels: the column "Column 1" of JobLevelData (levels) and O*NET's codes (areas).
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  defaultLevelAreaConfig,
  heads,
  type AreaScheme,
  type Head,
  type LevelAreaConfig,
  type LevelAreaModel,
} from '../../src/shared/levelArea.ts';
import type { Interval, SplitReport } from '../../src/shared/training.ts';
import type { LevelAreaEvalRequest, LevelAreaEvalResult } from './levelAreaPage.ts';
import { withServedPage } from './servedPage.ts';

declare global {
  interface Window {
    evaluateLevelArea: (request: LevelAreaEvalRequest) => Promise<LevelAreaEvalResult>;
  }
}

export interface LevelAreaOptions {
  seeds: number[];
  scheme: AreaScheme;
  config: Partial<LevelAreaConfig>;
  /** Titles to use, drawn evenly from the file; null: all. */
  rows: number | null;
  json: string | null;
}

/** What JobLevelData calls the levels of the shipped map, in its order. */
const staff = 'Individual Contributor/Staff';
const jobLevelNames = ['Chief Officer', 'Vice President', 'Owner', 'Director', 'Manager', staff, staff, staff, staff];
const truthOf = (name: string) => ({
  level: name.startsWith('JobLevelData') ? 'Column 1' : null,
  area: 'O*NET-SOC Code',
});

/** Measures a file, or the first file of a folder, and prints its tables. */
export async function evaluateLevelArea(path: string, options: LevelAreaOptions): Promise<void> {
  const file = (await stat(path)).isDirectory() ? join(path, (await readdir(path)).toSorted()[0]) : path;
  const content = await readFile(file);
  const bytes = options.rows === null ? content : Buffer.from(someLines(content.toString(), options.rows));
  const request: LevelAreaEvalRequest = {
    fileName: basename(file),
    bytes: bytes.toString('base64'),
    scheme: options.scheme,
    config: options.config,
    seeds: options.seeds,
    truth: truthOf(basename(file)),
    levelNames: jobLevelNames,
  };
  const result = await withServedPage('tools/eval/levelArea.html', async (open) => {
    const page = await open();
    await page.waitForFunction(() => typeof window.evaluateLevelArea === 'function');
    return page.evaluate((sent) => window.evaluateLevelArea(sent), request);
  });
  print(basename(file), result, options);
  if (options.json) await writeFile(options.json, `${JSON.stringify(jsonOf(result), null, 2)}\n`);
}

/** The header and every so-manieth line. */
function someLines(text: string, rows: number): string {
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const every = Math.max(1, Math.floor(lines.length / rows));
  return [header, ...lines.filter((_, i) => i % every === 0).slice(0, rows)].join('\n');
}

function print(name: string, { labelling, models }: LevelAreaEvalResult, { scheme, seeds }: LevelAreaOptions): void {
  const { rows, titles, repeated, invalid } = labelling;
  const [first] = models;
  const { config, data } = first;
  console.log(`level-area on ${name}: ${rows} rows, ${titles} different valid titles, ${repeated} repeated`);
  console.log(`left out: ${invalid.map(({ reason, rows: count }) => `${reason} ${count}`).join(', ') || 'none'}`);
  for (const head of heads) {
    const { classTitles, without, conflicting, leftOut } = labelling.heads[head];
    const decided = classTitles.reduce((sum, count) => sum + count, 0);
    const scope = head === 'area' ? ` (${scheme.toUpperCase()})` : '';
    console.log(
      `keywords of the ${head}${scope} decide ${decided} titles; ${without} have none, ${conflicting} several classes (${leftOut} left open)`,
    );
  }
  const times = models.map(({ seconds }) => seconds.toFixed(0)).join(', ');
  console.log(
    `seeds ${seeds.join(', ')}; ${data.trained} titles train, ${data.validation} validate, ${data.test} test; best epochs ${models.map(({ bestEpoch }) => bestEpoch).join(', ')}; ${times} s on ${first.backend}`,
  );
  console.log(
    `${config.hidden} wide, ${config.blocks} blocks, class weights ${config.classWeights}, keywords hidden ${config.hiding}, encoder ${config.encoder.id}`,
  );
  const spread = models.length > 1 ? ' (means over the seeds, +- their deviation)' : '';
  console.log(`\ntest titles, 95 % interval${spread}\n${''.padEnd(58)}${'share right'.padEnd(32)}macro-F1`);
  for (const head of heads) for (const [title, of] of measures(head)) printLine(title, models.map(of));
  for (const head of heads) printClasses(head, models);
}

type ReportOf = (model: LevelAreaModel) => SplitReport | null;

function measures(head: Head): [string, ReportOf][] {
  return [
    [`${head}: agreement with the keywords`, ({ report }) => report[head].agreement],
    [`${head}: accuracy against true labels`, ({ report }) => report[head].truth?.all ?? null],
    [`${head}: accuracy where keywords decide`, ({ report }) => report[head].truth?.decided ?? null],
    [`${head}: accuracy of the keywords themselves there`, ({ report }) => report[head].truth?.keywords ?? null],
    [`${head}: accuracy where keywords are silent`, ({ report }) => report[head].truth?.undecided ?? null],
  ];
}

function printLine(title: string, found: (SplitReport | null)[]): void {
  const reports = found.filter((report) => report !== null);
  if (reports.length === 0) return;
  const titles = Math.round(reports.reduce((sum, report) => sum + report.rows, 0) / reports.length);
  const text = (figure: 'exactMatch' | 'macroF1'): string => figureText(reports.map((report) => report[figure]));
  console.log(`${`${title} (${titles})`.padEnd(58)}${text('exactMatch').padEnd(32)}${text('macroF1')}`);
}

function printClasses(head: Head, models: readonly LevelAreaModel[]): void {
  const reports = models.map(({ report }) => report[head].agreement).filter((report) => report !== null);
  if (reports.length === 0) return;
  console.log(`\n${head}, by class: agreement with the keywords, F1`);
  for (const [i, { name }] of reports[0].perLabel.entries()) {
    const known = reports.map((report) => report.perLabel[i].f1).filter((f1) => f1 !== null);
    const support = reports.map((report) => report.perLabel[i].support).join('/');
    console.log(`${`  ${name} (${support})`.padEnd(80)}${known.length > 0 ? figureText(known) : 'too few'}`);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** ".912 (.890 to .931) +-.004". */
function figureText(intervals: readonly Interval[]): string {
  const of = (key: keyof Interval): number => mean(intervals.map((interval) => interval[key]));
  const middle = of('value');
  const text = `${middle.toFixed(3)} (${of('low').toFixed(3)} to ${of('high').toFixed(3)})`;
  if (intervals.length === 1) return text;
  const variance = intervals.reduce((sum, { value }) => sum + (value - middle) ** 2, 0) / (intervals.length - 1);
  return `${text} +-${Math.sqrt(variance).toFixed(3)}`;
}

/** Figures of all seeds; no title is in it. */
function jsonOf({ labelling, models }: LevelAreaEvalResult): object {
  const { rows, titles, repeated, invalid } = labelling;
  return {
    recipe: 'level-area',
    rows,
    titles,
    repeated,
    invalid: invalid.map(({ reason, rows: count }) => ({ reason, rows: count })),
    defaults: defaultLevelAreaConfig,
    bySeed: models.map(({ config, data, epochs, bestEpoch, seconds, backend, report }) => ({
      config,
      data,
      epochs,
      bestEpoch,
      seconds,
      backend,
      report,
    })),
  };
}
