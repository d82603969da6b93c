/** Bundles an entry into one classic script that needs no server beside it: `node tools/run.mjs bench/bundle.ts FILE`. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'vite';

/** The script that sets `window.run`. */
export async function bundle(entry: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'rung-bench-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root: import.meta.dirname,
      // WebAssembly has no part in it: its files would only be carried along.
      plugins: [
        { name: 'no-assets', enforce: 'pre', load: (id) => (id.endsWith('?url') ? "export default ''" : null) },
      ],
      build: {
        outDir,
        target: 'es2023',
        lib: { entry: join(import.meta.dirname, entry), formats: ['iife'], name: 'bench', fileName: () => 'bench.js' },
      },
    });
    return await readFile(join(outDir, 'bench.js'), 'utf8');
  } finally {
    await rm(outDir, { recursive: true });
  }
}

export async function main([file]: string[]): Promise<number> {
  if (!file) {
    console.error('Usage: node tools/run.mjs bench/bundle.ts FILE');
    return 2;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await bundle('gpu.ts'));
  return 0;
}
