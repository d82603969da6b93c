import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runWatched } from './watched.ts';

/** Runs JavaScript in Node under watch and gives what came of it, with all that it printed. */
async function watched(code: string, silence: number, env = process.env) {
  let printed = '';
  const print = (text: Uint8Array) => (printed += Buffer.from(text).toString());
  return { ...(await runWatched(process.execPath, ['-e', code], { silence, env, print })), printed };
}

describe('a watched program', () => {
  it('gives its exit status and its output', async () => {
    const { printed, ...result } = await watched('console.log(1); console.error(2); process.exitCode = 3', 30_000);
    expect(result).toEqual({ status: 3, silent: false });
    expect(printed.split('\n').toSorted()).toEqual(['', '1', '2']);
  });

  it('goes on as long as it says something', async () => {
    const code = 'let n = 0; const t = setInterval(() => { console.log(++n); if (n === 12) clearInterval(t); }, 250)';
    expect(await watched(code, 2000)).toMatchObject({ status: 0, silent: false });
  });

  it('is ended when it falls silent, with what it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rung-watched-'));
    try {
      const env = { ...process.env, BEATS: join(folder, 'beats') };
      const beat = "setInterval(() => fs.appendFileSync(process.env.BEATS, '.'), 50)";
      const code = `child_process.spawn(process.execPath, ['-e', ${JSON.stringify(beat)}]); setInterval(() => {}, 1000)`;
      expect(await watched(code, 2000, env)).toMatchObject({ status: null, silent: true });
      const beats = await readFile(env.BEATS, 'utf8');
      expect(beats.length).toBeGreaterThan(0);
      await wait(500);
      expect(await readFile(env.BEATS, 'utf8')).toBe(beats);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
