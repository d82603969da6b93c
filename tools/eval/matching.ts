/** Recipe `onet-matching`: one table before and after fine-tuning, by the app's own workers in headless Chromium. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { reportTable } from '../../src/recipes/matching/reportTable.ts';
import type { MatchingConfig } from '../../src/shared/matching.ts';
import type { Backend } from '../../src/shared/training.ts';
import type { MatchingAnswer, MatchingRequest } from './matchingPage.ts';
import { withServedPage } from './servedPage.ts';

declare global {
  interface Window {
    evaluateMatching: (request: MatchingRequest) => Promise<MatchingAnswer>;
  }
}

/** Of O*NET's database; of another folder every table is taken. */
const onetFiles = ['Occupation Data.txt', 'Alternate Titles.txt', 'Sample of Reported Titles.txt'];

export interface MatchingOptions {
  encoder: string;
  backend: Backend;
  config: Partial<MatchingConfig>;
  /** Where the figures are written as JSON; undefined: nowhere. */
  json?: string;
}

/** @param data a folder with O*NET's text files or those of another taxonomy, or one file. */
export async function evaluateMatching(data: string, { json, ...options }: MatchingOptions): Promise<void> {
  const files = await Promise.all(
    (await pathsOf(data)).map(async (path) => ({
      name: basename(path),
      bytes: (await readFile(path)).toString('base64'),
    })),
  );
  const started = performance.now();
  const answer = await withServedPage('tools/eval/matching.html', async (open) => {
    const page = await open();
    await page.waitForFunction(() => typeof window.evaluateMatching === 'function');
    return page.evaluate((sent) => window.evaluateMatching(sent), { files, ...options });
  });
  const seconds = (performance.now() - started) / 1000;
  print(answer, seconds);
  if (json) await writeFile(json, `${JSON.stringify({ ...answer, seconds }, null, 2)}\n`);
}

async function pathsOf(data: string): Promise<string[]> {
  if (!(await stat(data)).isDirectory()) return [data];
  const names = await readdir(data);
  const known = onetFiles.filter((name) => names.includes(name));
  const taken = known.length > 0 ? known : names.filter((name) => /\.(csv|tsv|txt|xlsx)$/i.test(name));
  return taken.map((name) => join(data, name));
}

function print({ report, tuned, device, notes }: MatchingAnswer, seconds: number): void {
  const { entries, trainTitles, leftOut, questions } = report;
  console.log(`\nonet-matching: ${entries} entries, ${trainTitles} titles learnt, ${leftOut} neither learnt nor asked`);
  const kind = questions === 'reported' ? 'titles that people reported' : 'other titles kept from training';
  console.log(`questions: ${kind}; ${device.backend} (${device.name}), ${seconds.toFixed(0)} s in all`);
  if (tuned) console.log(`${tuned.epochsDone} epochs, ${JSON.stringify(tuned.config)}`);
  console.log(`\n${reportTable(report.rows)}\n\n${[...notes, ...report.notes].join('\n')}`);
}
