/** A map of many titles in the built page: how long it takes to be laid out, and the frames while it is moved, hovered over, drawn around. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { areas, levels } from './measureStream.ts';

const places = ['North', 'South', 'East', 'West', 'Central', 'Coast', 'Valley'];

/** The page stands on Data. `choose` opens a table there. */
export async function measureMap(
  page: Page,
  count: number,
  choose: (page: Page, file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rung-measure-'));
  try {
    const path = join(folder, 'titles.csv');
    await writeFile(path, titles(count));
    await choose(page, path);
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: /^Map/ }).click();
    const started = Date.now();
    await page.getByRole('button', { name: 'Draw the map' }).click();
    await page.getByText(/^[\d\s,\u202f]+ titles by /).waitFor({ timeout: 1_800_000 });
    console.log(
      `  map of ${count.toLocaleString('en')} titles: laid out by words in ${((Date.now() - started) / 1000).toFixed(0)} s`,
    );
    const map = page.getByRole('application', { name: /^Map of / });
    const box = await map.boundingBox();
    if (!box) throw new Error('the map has no place on the page');
    const across = async (): Promise<void> => {
      for (let i = 0; i <= 60; i++) {
        const [x, y] = [box.x + (box.width * (i + 2)) / 65, box.y + box.height * (0.5 + 0.4 * Math.sin(i / 5))];
        await page.mouse.move(x, y);
      }
    };
    await frames(page, 'hovered over', across);
    await page.getByText('Drag to move').click();
    await frames(page, 'moved', () => dragged(page, across));
    await page.getByText('Drag to select').click();
    await frames(page, 'drawn around', () => dragged(page, across));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function dragged(page: Page, across: () => Promise<void>): Promise<void> {
  await page.mouse.down();
  await across();
  await page.mouse.up();
}

async function frames(page: Page, doing: string, work: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frameTimes.length = 0;
  });
  await work();
  await page.waitForTimeout(300);
  const { tasks, times } = await page.evaluate(() => ({ tasks: window.longTasks, times: window.frameTimes }));
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => `${sorted[Math.floor(share * (sorted.length - 1))].toFixed(0)} ms`;
  console.log(
    `  ${doing}: ${sorted.length} frames, median ${at(0.5)}, 95th percentile ${at(0.95)}, longest ${at(1)}; ${tasks.length} tasks over 50 ms`,
  );
}

function titles(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const level = levels[i % levels.length];
    const area = areas[Math.floor(i / levels.length) % areas.length];
    const place = places[Math.floor(i / 81) % places.length];
    return `"${level} of ${area} ${place} ${Math.floor(i / 567)}",${level}`;
  });
  return `Title,Level\n${lines.join('\n')}\n`;
}
