import { cdp } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeRunIds, holdRun, runReleased } from '../shared/runLocks.ts';
import { openStorage, type RunStorage } from './storage.ts';
import { testRecord } from '../testing/runRecord.ts';

const name = 'rung-storage-test';
let storage: RunStorage;

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(name);
}

async function files(): Promise<string[]> {
  const names: string[] = [];
  for await (const file of (await folder()).keys()) names.push(file);
  return names.toSorted();
}

beforeEach(async () => {
  storage = await openStorage({ name });
});

afterEach(async () => {
  storage.close();
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true });
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener('success', resolve);
    request.addEventListener('error', reject);
  });
});

describe('weights in the private file system', () => {
  it('are written, replaced, read, listed and deleted as files', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    await storage.saveWeights('run/1: best', new Uint8Array(80_000));
    await storage.saveWeights('run/1: best', bytes);
    expect(await files()).toEqual(['run%2F1%3A%20best.safetensors']);
    expect(await (await storage.readWeights('run/1: best')).bytes()).toEqual(bytes);
    await storage.deleteWeights('run/1: best');
    await storage.deleteWeights('run/1: best');
    expect(await files()).toEqual([]);
    await expect(storage.readWeights('run/1: best')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('without a record are swept up, foreign files are left alone', async () => {
    await storage.saveRun(testRecord());
    await storage.saveWeights('run-1', Uint8Array.of(1));
    await storage.saveWeights('gone', new Uint8Array(500));
    await (await folder()).getFileHandle('notes.txt', { create: true });
    expect(await storage.removeOrphans([])).toBe(500);
    expect(await files()).toEqual(['notes.txt', 'run-1.safetensors']);
  });

  it('survive a write that runs out of room', async () => {
    const kept = Uint8Array.of(1, 2, 3);
    await storage.saveRun(testRecord());
    await storage.saveWeights('run-1', kept);
    const { usage = 0 } = await navigator.storage.estimate();
    const limit = { origin: location.origin, quotaSize: usage + 1_000_000 };
    await cdp().send('Storage.overrideQuotaForOrigin', limit);
    try {
      const big = new Uint8Array(8_000_000);
      const refused = {
        code: 'quota-exceeded',
        message: expect.stringMatching(/8\.0 MB were needed; this page already takes \d+(\.\d)? (MB|kB)/),
      };
      await expect(storage.saveWeights('run-1', big)).rejects.toMatchObject(refused);
      await expect(storage.saveWeights('run-2', big)).rejects.toMatchObject(refused);
    } finally {
      await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin });
    }
    expect(await (await storage.readWeights('run-1')).bytes()).toEqual(kept);
    expect(await files()).toEqual(['run-1.safetensors']);
  });
});

it('runs come back in a later visit', async () => {
  await storage.saveRun(testRecord());
  storage.close();
  storage = await openStorage({ name });
  expect(await storage.runs()).toEqual([testRecord()]);
});

it('a run is active until it is let go', async () => {
  const release = await holdRun('r1');
  await holdRun('r2').then((other) => other());
  await expect.poll(() => activeRunIds()).toEqual(['r1']);
  let over = false;
  const waiting = runReleased('r1').then(() => (over = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(over).toBe(false);
  release();
  await waiting;
  await expect.poll(() => activeRunIds()).toEqual([]);
});
