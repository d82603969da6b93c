/** Sizes of what is served. The page's own scripts stay small and hold no tfjs: that is the worker's. Run after `npm run build`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const assets = 'dist/assets';
/** Bytes, gzip, of what loads before the first screen shows. */
const mainLimit = 330_000;

export function main(): number {
  const html = readFileSync('dist/index.html', 'utf8');
  const first = Array.from(html.matchAll(/(?:src|href)="\.\/assets\/([^"]+\.js)"/g), (match) => match[1]);
  let mainBytes = 0;
  let failed = false;
  for (const name of readdirSync(assets).toSorted()) {
    if (!name.endsWith('.js')) continue;
    const content = readFileSync(join(assets, name));
    const zipped = gzipSync(content).length;
    const onPage = !name.includes('worker');
    if (first.includes(name)) mainBytes += zipped;
    const note = first.includes(name) ? 'first screen' : onPage ? 'lazy' : 'worker';
    console.log(`${note.padEnd(14)}${name.padEnd(44)}${kilobytes(content.length)}${kilobytes(zipped)} gzip`);
    if (onPage && /registerKernel|KernelBackend|runWebGPUProgram/.test(content.toString('latin1'))) {
      console.error(`${name} holds tfjs, which belongs in the worker.`);
      failed = true;
    }
  }
  if (first.length === 0) {
    console.error('dist/index.html names no script.');
    failed = true;
  }
  console.log(`First screen: ${kilobytes(mainBytes).trim()} gzip of at most ${kilobytes(mainLimit).trim()}`);
  return failed || mainBytes > mainLimit ? 1 : 0;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`.padStart(10);
}
