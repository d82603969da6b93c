import 'fake-indexeddb/auto';
import { beforeEach, expect, it, vi } from 'vitest';
import { defaultMatchingConfig, type TunedEncoder } from '../shared/matching.ts';
import { openDatabase } from './database.ts';
import { MatchingStore } from './matchingStore.ts';

const interval = { value: 0.5, low: 0.25, high: 0.75 };
const tuned = (id: string, createdAt: number): TunedEncoder => ({
  id,
  name: `Encoder ${id}`,
  createdAt,
  encoderName: 'Rung mini',
  taxonomyName: 'Occupation Data.txt',
  config: defaultMatchingConfig,
  epochsDone: 5,
  seconds: 12,
  report: {
    rows: [
      {
        scoring: 'both',
        when: 'after',
        group: 'unseen',
        questions: 10,
        entries: 4,
        figures: { top1: interval, top5: interval, precision: interval, recall: interval, f1: interval },
      },
    ],
    questions: 'reported',
    entries: 12,
    trainTitles: 30,
    leftOut: 2,
    notes: ['A note.'],
  },
});
const bytesOf = async (blob: Blob): Promise<number[]> => [...new Uint8Array(await blob.arrayBuffer())];

let visit = 0;
let name = '';
beforeEach(() => (name = `matching-${visit++}`));

it('keeps encoders with their zips through another opening, newest first', async () => {
  const store = await MatchingStore.open(name);
  expect(await store.keep(tuned('a', 1), Uint8Array.of(1, 2))).toBeNull();
  expect(await store.keep(tuned('b', 2), Uint8Array.of(3))).toBeNull();
  const again = await MatchingStore.open(name);
  expect(await again.tuned()).toEqual([tuned('b', 2), tuned('a', 1)]);
  expect(await bytesOf(await again.zip('a'))).toEqual([1, 2]);
  await again.remove('a');
  expect((await again.tuned()).map(({ id }) => id)).toEqual(['b']);
  await expect(again.zip('a')).rejects.toMatchObject({ code: 'not-found' });
});

it('passes over a record that is not as it should be', async () => {
  const store = await MatchingStore.open(name);
  await store.keep(tuned('a', 1), Uint8Array.of(1));
  const database = await openDatabase(name);
  await database.put('runs', { ...tuned('x', 3), epochsDone: 'five' }, 'x');
  expect((await store.tuned()).map(({ id }) => id)).toEqual(['a']);
});

it('keeps embeddings until twelve others were used since', async () => {
  const store = await MatchingStore.open(name);
  const clock = vi.spyOn(Date, 'now');
  for (let i = 0; i < 12; i++) {
    clock.mockReturnValue(i);
    await store.keepEmbeddings(`k${i}`, Uint8Array.of(i));
  }
  clock.mockReturnValue(50);
  expect(await bytesOf((await store.embeddings('k0'))!)).toEqual([0]);
  clock.mockReturnValue(51);
  await store.keepEmbeddings('new', Uint8Array.of(99));
  expect(await store.embeddings('k1')).toBeNull();
  expect(await store.embeddings('k0')).not.toBeNull();
  expect(await store.embeddings('k2')).not.toBeNull();
  expect(await store.embeddings('never')).toBeNull();
  // They are no encoders.
  expect(await store.tuned()).toEqual([]);
  clock.mockRestore();
});

it('lasts for the visit where the browser keeps nothing', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  });
  const store = await MatchingStore.open(name);
  expect(await store.keep(tuned('a', 1), Uint8Array.of(7))).toMatchObject({ code: 'storage-unavailable' });
  expect((await store.tuned()).map(({ id }) => id)).toEqual(['a']);
  expect(await bytesOf(await store.zip('a'))).toEqual([7]);
  await store.keepEmbeddings('k', Uint8Array.of(1));
  expect(await store.embeddings('k')).toBeNull();
  await store.remove('a');
  await expect(store.zip('a')).rejects.toMatchObject({ code: 'not-found' });
});
