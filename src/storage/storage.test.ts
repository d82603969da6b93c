import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { packStrings } from '../shared/strings.ts';
import { openDatabase, type RungDatabase } from './database.ts';
import { checkRunRecord } from './runSchema.ts';
import { createRunStorage, openStorage, type RunStorage } from './storage.ts';
import { testRecord } from '../testing/runRecord.ts';
import { databaseWeights, type WeightStore } from './weights.ts';

let database: RungDatabase;
let weights: WeightStore;
let storage: RunStorage;
let unreadable: { id: string; reason: string }[] = [];
let visit = 0;

beforeEach(async () => {
  database = await openDatabase(`visit-${visit++}`);
  weights = databaseWeights(database);
  unreadable = [];
  storage = createRunStorage(database, weights, (id, reason) => unreadable.push({ id, reason }));
});

describe('runs', () => {
  it('come back as they were saved', async () => {
    const record = testRecord();
    await storage.saveRun(record);
    expect(await storage.run('run-1')).toEqual(record);
    expect(await storage.run('run-2')).toBeNull();
  });

  it('keep what the model said of the validation rows', async () => {
    const validation = { actual: Uint8Array.of(1, 0, 0), probabilities: Float32Array.of(0.9, 0.25, 0.5) };
    await storage.saveRun(testRecord({ validation, thresholds: [0.7, 0.55, 0.5] }));
    const kept = await storage.run('run-1');
    expect(kept?.validation).toEqual(validation);
    expect([kept?.thresholds, kept?.chosenThresholds]).toEqual([
      [0.7, 0.55, 0.5],
      [0.4, 0.55, 0.5],
    ]);
  });

  it('of earlier versions had their thresholds chosen, and kept no validation rows', () => {
    const { chosenThresholds: _, validation: __, ...earlier } = testRecord();
    expect(checkRunRecord(earlier)).toMatchObject({ record: { chosenThresholds: [0.4, 0.55, 0.5], validation: null } });
  });

  it('of earlier versions were trained as the defaults of later settings do', () => {
    const record = testRecord();
    const later = [
      ['plateauFactor', 'plateauPatience', 'loss', 'focalGamma', 'asymmetricGamma', 'asymmetricMargin'],
      ['labelSmoothing', 'layerDecay', 'frozenLayers', 'gradientAccumulation'],
    ].flat();
    const config = Object.fromEntries(Object.entries(record.config).filter(([name]) => !later.includes(name)));
    expect(Object.keys(config).length).toBe(Object.keys(record.config).length - later.length);
    expect(checkRunRecord({ ...record, config })).toEqual({ record });
    expect(checkRunRecord({ ...record, config: { ...config, layerDecay: 'much' } })).toEqual({
      reason: expect.stringContaining('config.layerDecay'),
    });
  });

  it('of earlier versions are of one model, its curves in one piece', () => {
    const { members: _, memberStarts: __, recipe: ___, ...earlier } = testRecord();
    const expected = { members: 1, memberStarts: [], recipe: 'rung-single' };
    expect(checkRunRecord(earlier)).toMatchObject({ record: expected });
  });

  it('are listed newest first and replaced by id', async () => {
    await storage.saveRun(testRecord({ id: 'old', createdAt: 1 }));
    await storage.saveRun(testRecord({ id: 'new', createdAt: 3 }));
    await storage.saveRun(testRecord({ id: 'between', createdAt: 2 }));
    await storage.saveRun(testRecord({ id: 'old', createdAt: 1, name: 'Renamed' }));
    expect((await storage.runs()).map(({ id, name }) => [id, name])).toEqual([
      ['new', 'First run'],
      ['between', 'First run'],
      ['old', 'Renamed'],
    ]);
  });

  it('outlive the tab', async () => {
    const first = await openStorage({ name: 'kept' });
    await first.saveRun(testRecord());
    first.close();
    const second = await openStorage({ name: 'kept' });
    expect(await second.runs()).toHaveLength(1);
    second.close();
  });

  it('that cannot be read are left out and reported, not fatal', async () => {
    await storage.saveRun(testRecord());
    await database.put('runs', { id: 'half', name: 'No config' }, 'half');
    await database.put('runs', 'not even an object', 'text');
    const odd = testRecord({ id: 'odd' });
    await database.put('runs', { ...odd, epochs: [{ ...odd.epochs[0], microF1: '0.8' }] }, 'odd');
    expect((await storage.runs()).map(({ id }) => id)).toEqual(['run-1']);
    expect(unreadable.map(({ id }) => id).toSorted()).toEqual(['half', 'odd', 'text']);
    expect(unreadable).toContainEqual({ id: 'odd', reason: 'epochs.0.microF1: expected number, got "0.8"' });
    expect(await storage.run('half')).toBeNull();
  });

  it('are refused when they are not as they should be', async () => {
    await expect(storage.saveRun(testRecord({ weightBytes: -1 }))).rejects.toMatchObject({ code: 'internal' });
    expect(await storage.runs()).toEqual([]);
  });

  it('may be named like a property of every object', async () => {
    await storage.saveRun(testRecord({ id: '__proto__' }));
    await storage.saveWeights('__proto__', Uint8Array.of(1));
    expect((await storage.run('__proto__'))?.id).toBe('__proto__');
    expect(await (await storage.readWeights('__proto__')).bytes()).toEqual(Uint8Array.of(1));
  });
});

describe('after a tab was closed', () => {
  it('running runs become interrupted, but for those another tab is training', async () => {
    await storage.saveRun(testRecord({ id: 'left', status: 'running' }));
    await storage.saveRun(testRecord({ id: 'live', status: 'running' }));
    await storage.saveRun(testRecord({ id: 'done' }));
    expect((await storage.markInterrupted(['live'])).map(({ id }) => id)).toEqual(['left']);
    const status = Object.fromEntries((await storage.runs()).map((run) => [run.id, run.status]));
    expect(status).toEqual({ left: 'interrupted', live: 'running', done: 'finished' });
    expect(await storage.markInterrupted(['live'])).toEqual([]);
  });

  it('weights without a record go, others stay', async () => {
    await storage.saveRun(testRecord());
    await storage.saveWeights('run-1', Uint8Array.of(1));
    await storage.saveWeights('gone', new Uint8Array(500));
    await storage.saveWeights('starting', Uint8Array.of(2));
    expect(await storage.removeOrphans(['starting'])).toBe(500);
    expect([...(await weights.list()).keys()].toSorted()).toEqual(['run-1', 'starting']);
  });

  it('weights of a record that cannot be read stay', async () => {
    await database.put('runs', { broken: true }, 'broken');
    await storage.saveWeights('broken', Uint8Array.of(1));
    expect(await storage.removeOrphans([])).toBe(0);
  });
});

describe('weights', () => {
  it('are replaced and deleted', async () => {
    await storage.saveWeights('run-1', Uint8Array.of(1, 2, 3));
    await storage.saveWeights('run-1', Uint8Array.of(4, 5));
    expect(await (await storage.readWeights('run-1')).bytes()).toEqual(Uint8Array.of(4, 5));
    expect([...(await weights.list())]).toEqual([['run-1', 2]]);
    await storage.deleteWeights('run-1');
    await storage.deleteWeights('run-1');
    await expect(storage.readWeights('run-1')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('stay for an undo when only the record is deleted', async () => {
    await storage.saveRun(testRecord());
    await storage.saveWeights('run-1', Uint8Array.of(1));
    await storage.deleteRecord('run-1');
    expect(await storage.runs()).toEqual([]);
    expect(await (await storage.readWeights('run-1')).bytes()).toEqual(Uint8Array.of(1));
    await storage.removeOrphans([]);
    expect((await weights.list()).size).toBe(0);
  });

  it('of deleted runs make way when there is no room', async () => {
    await storage.saveWeights('deleted', new Uint8Array(100));
    await storage.saveWeights('run-1', Uint8Array.of(1));
    const plain = databaseWeights(database);
    vi.spyOn(weights, 'write').mockImplementation(async (id, bytes) => {
      if ((await weights.list()).has('deleted')) throw new RungError('quota-exceeded', 'full');
      await plain.write(id, bytes);
    });
    await storage.saveWeights('run-1', Uint8Array.of(2));
    expect([...(await weights.list())]).toEqual([['run-1', 1]]);
    expect(await (await storage.readWeights('run-1')).bytes()).toEqual(Uint8Array.of(2));
  });
});

describe('failures', () => {
  it('say how much was needed when there is no room, and keep what was there', async () => {
    await storage.saveWeights('run-1', Uint8Array.of(1));
    vi.spyOn(database, 'put').mockRejectedValueOnce(new DOMException('full', 'QuotaExceededError'));
    await expect(storage.saveWeights('run-1', new Uint8Array(2_500_000))).rejects.toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringMatching(/saving the weights of run run-1: 2\.5 MB were needed/),
      hint: expect.stringMatching(/delete runs/i),
    });
    expect(await (await storage.readWeights('run-1')).bytes()).toEqual(Uint8Array.of(1));
  });

  it('say so when the browser keeps nothing', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
    await expect(openStorage()).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringMatching(/opening the list of runs: The operation is insecure/),
    });
  });

  it('name the run when its connection is gone', async () => {
    database.close();
    await expect(storage.saveRun(testRecord())).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringMatching(/saving run "First run"/),
    });
  });
});

it('the schema keeps every field of a record', () => {
  const record = testRecord({ status: 'failed', error: { code: 'device-lost', message: 'gone' }, test: null });
  expect(checkRunRecord(record)).toEqual({ record });
});

describe('training titles', () => {
  const kept = {
    titles: packStrings(['Chief Cook', 'Director']),
    labels: Uint8Array.of(1, 0, 0, 1),
    rows: Uint32Array.of(2, 9),
    total: 2,
  };

  it('come back as they were saved; runs of earlier versions have none', async () => {
    await storage.saveRun(testRecord());
    expect(await storage.titles('run-1')).toBeNull();
    await storage.saveTitles('run-1', kept);
    expect(await storage.titles('run-1')).toEqual(kept);
  });

  it('that are not as they should be count as none', async () => {
    for (const damage of [
      { rows: Uint32Array.of(2) },
      { labels: Uint8Array.of(1, 0, 0) },
      { total: -1 },
      { titles: {} },
    ]) {
      await database.put('titles', { ...kept, ...damage }, 'run-1');
      expect(await storage.titles('run-1')).toBeNull();
    }
  });

  it('go with the weights, and without a record', async () => {
    await storage.saveTitles('run-1', kept);
    await storage.deleteWeights('run-1');
    expect(await storage.titles('run-1')).toBeNull();
    await storage.saveRun(testRecord());
    await storage.saveTitles('run-1', kept);
    await storage.saveTitles('active', kept);
    await storage.saveTitles('gone', kept);
    await storage.removeOrphans(['active']);
    expect(await database.getAllKeys('titles')).toEqual(['active', 'run-1']);
  });

  it('find a place in a database of the version before', async () => {
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open('first-version', 1);
      request.addEventListener('upgradeneeded', () => {
        request.result.createObjectStore('runs').put(testRecord(), 'run-1');
        request.result.createObjectStore('weights');
      });
      request.addEventListener('success', () => {
        request.result.close();
        resolve();
      });
      request.addEventListener('error', () => reject(new Error('The old database could not be made.')));
    });
    const later = await openStorage({ name: 'first-version' });
    expect((await later.runs()).map(({ id }) => id)).toEqual(['run-1']);
    expect(await later.titles('run-1')).toBeNull();
    await later.saveTitles('run-1', kept);
    expect(await later.titles('run-1')).toEqual(kept);
    later.close();
  });
});
