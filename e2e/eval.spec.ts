/** `npm run eval`: other work builds on its keys. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';

const run = promisify(execFile);

test('cross-validates a file and writes its figures', async () => {
  const out = join(await mkdtemp(join(tmpdir(), 'rung-eval-')), 'figures.json');
  const args = ['--data', 'public/sample/job-titles.csv', '--folds', '2', '--epochs', '6', '--json', out];
  const { stdout } = await run('npm', ['run', '-s', 'eval', '--', ...args]);
  expect(stdout).toContain('micro-F1');
  const figures: Record<string, unknown> = JSON.parse(await readFile(out, 'utf8'));
  expect(figures.backend).toBe('wasm');
  expect(figures.rows).toBe(475);
  for (const key of ['microF1', 'macroF1', 'macroF1Supported', 'exactMatch', 'seconds', 'constantMicroF1']) {
    expect(typeof figures[key], key).toBe('number');
  }
  expect(Number(figures.microF1)).toBeGreaterThan(Number(figures.constantMicroF1));
  expect(figures.perLabel).toHaveLength(7);
});
