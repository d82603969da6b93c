// Runs the exported `main(args)` of a TypeScript file: node tools/run.mjs tools/makeEncoder.ts [arguments]
// Node 20 cannot read TypeScript; Vite, which is installed anyway, can.
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runnerImport } from 'vite';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('Usage: node tools/run.mjs FILE.ts [arguments]');
  process.exit(2);
}
const path = isAbsolute(file) ? file : resolve(file);
// Its imports have no file endings, which Node does not resolve by itself.
const environments = { inline: { resolve: { noExternal: ['@tensorflow/tfjs-backend-webgpu'] } } };
const { NODE_ENV } = process.env;
const { module } = await runnerImport(pathToFileURL(path).href, { configFile: false, logLevel: 'warn', environments });
// Vite sets it for what it imports; a build started from there would be one for developers.
if (NODE_ENV === undefined) delete process.env.NODE_ENV;
else process.env.NODE_ENV = NODE_ENV;
if (typeof module.main !== 'function') {
  console.error(`${file} exports no function named main.`);
  process.exit(2);
}
try {
  process.exitCode = (await module.main(args)) ?? 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
