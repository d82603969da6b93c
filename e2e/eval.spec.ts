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

test('measures a recipe without a browser on the same rows, over two seeds', async () => {
  const out = join(await mkdtemp(join(tmpdir(), 'rung-eval-')), 'figures.json');
  const args = ['--data', 'public/sample/job-titles.csv', '--folds', '2', '--recipe', 'tfidf-logistic'];
  const { stdout } = await run('npm', ['run', '-s', 'eval', '--', ...args, '--seeds', '1,2', '--json', out]);
  expect(stdout).toContain('seed 1, 2');
  const figures: Record<string, unknown> = JSON.parse(await readFile(out, 'utf8'));
  expect(figures).toMatchObject({ backend: 'javascript', recipe: 'tfidf-logistic', rows: 475, seeds: [1, 2] });
  for (const key of ['microF1', 'macroF1', 'macroF1Supported', 'exactMatch', 'seconds', 'constantMicroF1']) {
    expect(typeof figures[key], key).toBe('number');
  }
  expect(Number(figures.microF1)).toBeGreaterThan(0.8);
  expect(figures.perLabel).toHaveLength(7);
  expect(figures.bySeed).toHaveLength(2);
});

test('says how it is used when it is asked for a recipe that there is not', async () => {
  const args = ['run', '-s', 'eval', '--', '--data', 'public/sample/job-titles.csv', '--recipe', 'none'];
  await expect(run('npm', args)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Recipes: finetune, classical, tfidf-logistic'),
  });
});
