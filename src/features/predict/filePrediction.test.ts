import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { RungError } from '../../shared/errors.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import { FilePrediction, type Predict } from './filePrediction.ts';
import { LabelTotals, MatchingRows } from './matchingRows.ts';
import { testModel, testPredict } from '../../testing/testModel.ts';

const file = (titles: string[]) => new FilePrediction(testModel, packStrings(titles));

it('gives every row what its title gets on its own, whatever repeats', async () => {
  const title = fc.constantFrom('', 'CEO', 'Sales Manager', 'Director', 'Managing Director', 'Café Manager', 'Nurse');
  await fc.assert(
    fc.asyncProperty(fc.array(title, { maxLength: 40 }), async (titles) => {
      const prediction = file(titles);
      await prediction.start(testPredict);
      const alone = await testPredict(testModel.id, packStrings(titles));
      // A cell without a title has no answer.
      const expected = alone.map((p, at) => (titles[Math.floor(at / testModel.labelNames.length)] === '' ? 0 : p));
      expect(prediction.probabilities).toEqual(expected);
      expect(prediction.titles).toEqual(titles);
      expect(prediction.getSnapshot()).toMatchObject({
        status: 'done',
        done: titles.length,
        distinct: new Set(titles.filter((one) => one !== '')).size,
        error: null,
      });
    }),
  );
});

it('computes identical titles once, in chunks of 512', async () => {
  const predict = vi.fn<Predict>(testPredict);
  const titles = Array.from({ length: 5000 }, (_, i) => `Manager ${i % 700}`);
  const prediction = file(titles);
  await prediction.start(predict);
  expect(predict.mock.calls.map(([, packed]) => packed.offsets.length - 1)).toEqual([512, 188]);
  expect(prediction.getSnapshot()).toMatchObject({ done: 5000, distinct: 700 });
});

it('stops after the chunk on its way, keeps it, and goes on from there', async () => {
  const titles = Array.from({ length: 1200 }, (_, i) => `Director ${i}`);
  const prediction = file(titles);
  const predict = vi.fn<Predict>(async (modelId, packed) => {
    if (predict.mock.calls.length === 1) prediction.stop();
    return testPredict(modelId, packed);
  });
  await prediction.start(predict);
  expect(prediction.getSnapshot()).toMatchObject({ status: 'waiting', done: 512 });
  expect(unpackStrings(prediction.table().titles)).toEqual(titles.slice(0, 512));
  expect(prediction.table().probabilities).toHaveLength(512 * 3);
  await prediction.start(predict);
  expect(prediction.getSnapshot()).toMatchObject({ status: 'done', done: 1200 });
  expect(predict).toHaveBeenCalledTimes(3);
  expect(unpackStrings(prediction.table().titles)).toEqual(titles);
});

it('says why it failed and keeps what is done', async () => {
  const prediction = file(Array.from({ length: 600 }, (_, i) => `CEO ${i}`));
  let calls = 0;
  await prediction.start(async (modelId, packed) => {
    if (++calls === 2) throw new RungError('device-lost', 'The graphics card went away.', 'Try again.');
    return testPredict(modelId, packed);
  });
  expect(prediction.getSnapshot()).toMatchObject({
    status: 'waiting',
    done: 512,
    error: { message: 'The graphics card went away.', hint: 'Try again.' },
  });
  await prediction.start(testPredict);
  expect(prediction.getSnapshot()).toMatchObject({ status: 'done', done: 600, error: null });
});

it('asks for the model it belongs to, whatever is loaded', async () => {
  const prediction = new FilePrediction({ ...testModel, id: 'run-7' }, packStrings(['CEO']));
  const asked: string[] = [];
  await prediction.start(async (modelId) => {
    asked.push(modelId);
    throw new RungError('not-found', 'This model is no longer loaded.', 'Choose it again.');
  });
  expect(asked).toEqual(['run-7']);
  expect(prediction.getSnapshot()).toMatchObject({ status: 'waiting', done: 0, error: { code: 'not-found' } });
});

it('ignores a second start while it runs', async () => {
  const prediction = file(['CEO', 'CTO']);
  const predict = vi.fn<Predict>(testPredict);
  await Promise.all([prediction.start(predict), prediction.start(predict)]);
  expect(predict).toHaveBeenCalledTimes(1);
});

it('reports progress at most ten times a second, and always the end', async () => {
  const prediction = file(Array.from({ length: 20_000 }, (_, i) => `CEO ${i}`));
  const listener = vi.fn<() => void>();
  prediction.subscribe(listener);
  const started = performance.now();
  await prediction.start(testPredict);
  expect(listener.mock.calls.length).toBeLessThanOrEqual(4 + (performance.now() - started) / 100);
  expect(prediction.getSnapshot().status).toBe('done');
});

it('finds rows by label, by none, and by text, while rows come in', async () => {
  const prediction = file(['CEO', 'Nurse', 'Sales Manager', 'Manager & Director', 'nurse manager']);
  await prediction.start(testPredict);
  const found = (label: number | 'none' | null, search = '') => {
    const rows = new MatchingRows(prediction, prediction.model, { label, search });
    rows.upTo(2);
    rows.upTo(2);
    rows.upTo(5);
    return rows.rows;
  };
  expect(found(null)).toEqual([0, 1, 2, 3, 4]);
  expect(found(2)).toEqual([2, 3, 4]);
  expect(found('none')).toEqual([1]);
  expect(found(null, ' NURSE ')).toEqual([1, 4]);
  expect(found(2, 'nurse')).toEqual([4]);
  const totals = new LabelTotals(prediction, prediction.model).upTo(3).upTo(5);
  expect([totals.labels, totals.none]).toEqual([[1, 1, 3], 1]);
});

it('goes by other thresholds once they are moved, without computing anything again', async () => {
  const predict = vi.fn<Predict>(testPredict);
  const prediction = file(['CEO', 'Nurse', '']);
  await prediction.start(predict);
  const { model } = prediction;
  const listener = vi.fn<() => void>();
  prediction.subscribe(listener);
  prediction.setThresholds([0.95, 0.05, 0.95]);
  expect(listener).toHaveBeenCalledOnce();
  expect(prediction.model).not.toBe(model);
  expect([0, 1, 2].map((row) => [0, 1, 2].filter((label) => prediction.holds(row, label)))).toEqual([[1], [1], []]);
  expect(new LabelTotals(prediction, prediction.model).upTo(3)).toMatchObject({ labels: [0, 2, 0], none: 1 });
  expect(prediction.table().thresholds).toEqual([0.95, 0.05, 0.95]);
  expect(predict).toHaveBeenCalledOnce();
});
