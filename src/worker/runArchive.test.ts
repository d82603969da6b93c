import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelFiles } from '../formats/package.ts';
import { RungError } from '../shared/errors.ts';
import { openStorage } from '../storage/storage.ts';
import { testRecord } from '../testing/runRecord.ts';
import { RunArchive } from './runArchive.ts';

const files: ModelFiles = new Map([
  ['config.json', new TextEncoder().encode('{}')],
  ['model.safetensors', Uint8Array.of(1, 2, 3)],
  ['tokenizer.json', new TextEncoder().encode('{}')],
]);

/** Another visit: what is in memory is gone, what is stored is not. */
const nextVisit = (): Promise<RunArchive> => RunArchive.open(() => undefined);

describe('RunArchive', () => {
  beforeEach(async () => {
    const storage = await openStorage();
    for (const run of await storage.runs()) await storage.deleteRecord(run.id);
    storage.close();
  });

  it('finds runs and their weights on the next visit, newest first', async () => {
    const archive = await RunArchive.open(() => undefined);
    await archive.put({ ...testRecord({ id: 'old' }), createdAt: 1 });
    await archive.put({ ...testRecord({ id: 'new' }), createdAt: 2 });
    expect(await archive.putFiles('new', files)).toBeNull();
    const again = await nextVisit();
    expect((await again.list()).map((run) => run.id)).toEqual(['new', 'old']);
    expect(await (await again.files('new')).get('model.safetensors')?.bytes()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('calls a run that was cut off interrupted', async () => {
    await (await RunArchive.open(() => undefined)).put({ ...testRecord({ id: 'cut' }), status: 'running' });
    expect((await (await nextVisit()).get('cut')).status).toBe('interrupted');
  });

  it('brings a deleted run back with its weights, until its space is needed', async () => {
    const archive = await RunArchive.open(() => undefined);
    await archive.put(testRecord({ id: 'a' }));
    await archive.putFiles('a', files);
    await archive.delete('a');
    expect(await archive.list()).toEqual([]);
    await archive.restore('a');
    expect((await archive.files('a')).size).toBe(3);

    await archive.delete('a');
    await archive.forgetDeleted();
    await expect(archive.restore('a')).rejects.toMatchObject({ code: 'not-found' });
    expect(await (await nextVisit()).list()).toEqual([]);
  });

  it('says which run has no weights', async () => {
    const archive = await RunArchive.open(() => undefined);
    await archive.put({ ...testRecord({ id: 'a' }), name: 'First try' });
    await expect(archive.files('a')).rejects.toThrow(RungError);
    await expect(archive.files('b')).rejects.toMatchObject({ code: 'not-found' });
  });
});
