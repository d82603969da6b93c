import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runWatched } from './watched.ts';

const silence = 600_000;

// The test's own clock decides what is long: a busy machine may be slow to start a program.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

/** Runs JavaScript in Node under watch and gives what came of it, with all that it printed; `onOutput` hears each time. */
async function watched(code: string, onOutput: () => void = () => {}, env = process.env) {
  let printed = '';
  const print = (text: Uint8Array) => {
    printed += Buffer.from(text).toString();
    onOutput();
  };
  return { ...(await runWatched(process.execPath, ['-e', code], { silence, env, print })), printed };
}

describe('a watched program', () => {
  it('gives its exit status and its output', async () => {
    const { printed, ...result } = await watched('console.log(1); console.error(2); process.exitCode = 3');
    expect(result).toEqual({ status: 3, silent: false });
    expect(printed.split('\n').toSorted()).toEqual(['', '1', '2']);
  });

  it('goes on as long as it says something', async () => {
    const code = 'let n = 0; const t = setInterval(() => { console.log(++n); if (n === 12) clearInterval(t); }, 50)';
    const found = await watched(code, () => vi.advanceTimersByTime(0.6 * silence));
    expect(found).toMatchObject({ status: 0, silent: false });
  });

  it('is ended when it falls silent, with what it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rung-watched-'));
    try {
      const env = { ...process.env, BEATS: join(folder, 'beats') };
      const beat = "setInterval(() => fs.appendFileSync(process.env.BEATS, '.'), 20)";
      const code = `
        child_process.spawn(process.execPath, ['-e', ${JSON.stringify(beat)}]);
        const t = setInterval(() => { if (fs.existsSync(process.env.BEATS)) { console.log('beats'); clearInterval(t); } }, 20);
        setInterval(() => {}, 1000);`;
      const found = await watched(code, () => vi.advanceTimersByTime(silence), env);
      expect(found).toMatchObject({ status: null, silent: true });
      const beats = () => readFile(env.BEATS, 'utf8');
      expect((await beats()).length).toBeGreaterThan(0);
      const stopped = async () => {
        const before = await beats();
        await wait(500);
        return before === (await beats());
      };
      await expect.poll(stopped).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
