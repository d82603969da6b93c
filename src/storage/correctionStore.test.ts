import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, it } from 'vitest';
import type { CorrectionHistory } from '../shared/corrections.ts';
import { openCorrectionStore } from './correctionStore.ts';

const history: CorrectionHistory = {
  done: [[{ row: 2, title: 'Clerk', before: ['Boss'], after: ['Staff'], why: 'by hand', when: 1 }]],
  undone: [],
};

it('keeps a history by its table, lets go of an empty one, and leaves out what it cannot read', async () => {
  const name = 'test-corrections';
  const store = await openCorrectionStore(name);
  await store.save('a', history);
  await store.save('b', { done: [], undone: history.done });
  expect(await store.load('a')).toEqual(history);
  expect(await store.load('b')).toEqual({ done: [], undone: history.done });
  expect(await store.load('c')).toBeNull();
  await store.save('a', { done: [], undone: [] });
  expect(await store.load('a')).toBeNull();
  store.close();
  const database = await openDB(name);
  await database.put('corrections', { done: [[{ row: 'two' }]], undone: [] }, 'd');
  database.close();
  const again = await openCorrectionStore(name);
  expect(await again.load('d')).toBeNull();
  expect(await again.load('b')).not.toBeNull();
  again.close();
});
