import { expect, it } from 'vitest';
import { defaultClassicalConfig } from '../shared/classical.ts';
import type { ExtraRow } from '../shared/extraRow.ts';
import { unpackStrings } from '../shared/strings.ts';
import { madeData } from '../testing/madeData.ts';
import { LiveTraining } from './live.ts';
import { RunArchive } from './runArchive.ts';
import { runClassical } from './runClassical.ts';

const dataset = madeData(180);
const onEvent = (): void => undefined;

async function run(extraRows: ExtraRow[]) {
  const config = { ...defaultClassicalConfig, kinds: ['naive Bayes' as const], trials: 1, extraRows };
  const archive = await RunArchive.open(() => undefined);
  const live = new LiveTraining('run', onEvent);
  const method = { kind: 'classical' as const, config };
  const request = { dataset, method, recipe: 'classical' as const, crossValidation: null, version: '', name: 'Run' };
  const done = await runClassical({ ...request, persist: true }, config, { archive, live, onEvent });
  const titles = await archive.titles('run');
  return { done, learnt: titles ? unpackStrings(titles.titles) : [] };
}

it('learns from rows by hand beside the training and validation rows, and measures on none of them', async () => {
  const { done: without } = await run([]);
  const { done, learnt } = await run([{ title: 'Harbour Pilot', labels: ['Owner'] }]);
  expect(done.plan).toEqual({ ...without.plan, trainRows: without.plan.trainRows + 1 });
  expect(done.validation?.actual.length).toBe((without.validation?.actual.length ?? 0) + 3);
  expect(learnt).toContain('Harbour Pilot');
  expect(done.test?.rows.map(({ row }) => row)).toEqual(without.test?.rows.map(({ row }) => row));
});

it('refuses a row by hand that is nearly a test title', async () => {
  const { done } = await run([]);
  const title = done.test?.rows[0].title ?? '';
  await expect(run([{ title, labels: ['Owner'] }])).rejects.toThrow(`“${title}” is nearly the same as “${title}”`);
});
