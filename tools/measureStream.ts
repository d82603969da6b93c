/** A file of very many titles, predicted from disk to disk in the built page: how long it takes and how much memory. */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { descendantBytes } from '../bench/processorTime.ts';

export const levels = [
  'Director',
  'Manager',
  'Vice President',
  'Analyst',
  'Chief',
  'Owner',
  'Assistant',
  'Head',
  'Lead',
];
export const areas = [
  'Sales',
  'Nursing',
  'Finance',
  'Logistics',
  'Marketing',
  'Legal',
  'Research',
  'Software',
  'Security',
];

/** The page stands on Predict with a model. @param different how many of the titles are different */
export async function measureStream(page: Page, rows: number, different: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rung-measure-'));
  try {
    const path = join(folder, 'everyone.csv');
    await writeTitles(path, rows, different);
    const { size } = await stat(path);
    const before = descendantBytes();
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, descendantBytes())), 500);
    const started = Date.now();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Browse files' }).click();
    await (await chooser).setFiles(path);
    await page.getByText(/predicted in .* titles a second/).waitFor({ timeout: 3_600_000 });
    clearInterval(watching);
    const seconds = (Date.now() - started) / 1000;
    console.log(
      `  ${rows.toLocaleString('en')} titles, ${different.toLocaleString('en')} of them different (${(size / 1e6).toFixed(0)} MB): ${seconds.toFixed(0)} s, ${(rows / seconds).toFixed(0)} a second; memory of the browser ${megabytes(before)} before, at most ${megabytes(most)}`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

async function writeTitles(path: string, rows: number, different: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.write('Id,Job title\n');
    for (let from = 0; from < rows; from += 10_000) {
      const lines = Array.from({ length: Math.min(10_000, rows - from) }, (_, i) => {
        const title = (from + i) % different;
        const area = areas[Math.floor(title / levels.length) % areas.length];
        return `${from + i},"${levels[title % levels.length]} of ${area}, unit ${Math.floor(title / 81)}"`;
      });
      await file.write(`${lines.join('\n')}\n`);
    }
  } finally {
    await file.close();
  }
}
