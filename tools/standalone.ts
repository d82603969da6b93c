/**
 * Builds the program of the pages for colleagues (src/standalone) into one classic script, which the page fetches when it writes such a
 * page: `standalone.js` of the build, and of the development server.
 */
import { readFileSync } from 'node:fs';
import { build, type Plugin } from 'vite';
import { entryOf, packageFolder } from './licences.ts';

const fileName = 'standalone.js';

/** The script, the licences of what is in it at its head: they go where the pages go. */
async function standaloneScript(): Promise<string> {
  const folders = new Set<string>();
  const collect: Plugin = {
    name: 'rung-standalone-licences',
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const folder = packageFolder(id);
        if (folder) folders.add(folder);
      }
    },
  };
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [collect],
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: 'src/standalone/main.ts', formats: ['iife'], name: 'rung', fileName: () => fileName },
      rolldownOptions: { output: { comments: { legal: false } } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new Error('The standalone program was not built.');
  const apacheText = readFileSync('LICENSE', 'utf8').split('APPENDIX')[0];
  const notices = [...folders].map((folder) => entryOf(folder, apacheText)).toSorted();
  return `/*\n${notices.join('\n').replaceAll('*/', '* /')}*/\n${output.output[0].code}`;
}

export function standalone(): Plugin {
  return {
    name: 'rung-standalone',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: await standaloneScript() });
    },
    configureServer(server) {
      server.middlewares.use(`/${fileName}`, (_, response, next) => {
        standaloneScript().then((script) => response.setHeader('content-type', 'text/javascript').end(script), next);
      });
    },
  };
}
