/** A command for tests in the browser: unpacks a bundle and takes a few steps with its train.py, as who got the bundle would. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

/** Any Python that has torch and transformers: RUNG_PYTHON names it where it is not the usual one. */
const python = process.env.RUNG_PYTHON ?? 'python3';

export interface PythonSteps {
  losses: number[];
  /** After each step, base64 of a safetensors file. */
  weights: string[];
}

/** Null where Python lacks torch or transformers. @param bundle base64 of the zip */
export async function trainInPython(_context: unknown, bundle: string, steps: number): Promise<PythonSteps | null> {
  if (spawnSync(python, ['-c', 'import torch, transformers']).status !== 0) return null;
  const folder = await mkdtemp(join(tmpdir(), 'rung-bundle-'));
  try {
    for (const [name, bytes] of Object.entries(unzipSync(Buffer.from(bundle, 'base64')))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const record = join(folder, 'record');
    const asked = ['train.py', '--plain', '--steps', String(steps), '--record', record];
    await promisify(execFile)(python, asked, { cwd: folder, env: { ...process.env, CUDA_VISIBLE_DEVICES: '' } });
    const losses = JSON.parse(await readFile(join(record, 'losses.json'), 'utf8')) as number[];
    const weights = await Promise.all(
      losses.map((_, i) => readFile(join(record, `step-${i + 1}.safetensors`), 'base64')),
    );
    return { losses, weights };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
