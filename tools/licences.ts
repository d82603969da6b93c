/**
 * `third-party-licenses.md` of the build: every package in the page or in a worker with its licence. Vite's own list leaves the
 * workers out, and with them the packages that weigh most.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface PackageFile {
  name: string;
  version: string;
  license?: string;
}

/** Folder of the npm package that a module belongs to; null for our own and for virtual ones. */
export function packageFolder(moduleId: string): string | null {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId.replace(/^\0/, ''));
  return match && existsSync(join(match[1], 'package.json')) ? match[1] : null;
}

export function entryOf(folder: string, apacheText: string): string {
  const {
    name,
    version,
    license = 'see its repository',
  }: PackageFile = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  // The tfjs packages name their licence but do not carry its text.
  const fallback = license === 'Apache-2.0' ? apacheText : 'The package carries no licence text.';
  const text = file ? readFileSync(join(folder, file), 'utf8') : fallback;
  // A package may name one licence and carry the text of another (umap-js): both are told.
  const other = /apache license/i.test(text) && !/apache/i.test(license);
  const told = other ? `${license} by its package.json, Apache-2.0 by its licence text` : license;
  return `## ${name} ${version} (${told})\n\n${text.trim()}\n`;
}

/** One plugin for the page (it writes the file) and one for its workers, which are bundled before it. */
export function licences(): { page: Plugin; worker: Plugin } {
  const folders = new Set<string>();
  const collect = (ids: Iterable<string>): void => {
    for (const id of ids) {
      const folder = packageFolder(id);
      if (folder) folders.add(folder);
    }
  };
  const worker: Plugin = {
    name: 'rung-licences-worker',
    apply: 'build',
    generateBundle() {
      collect(this.getModuleIds());
    },
  };
  const page: Plugin = {
    name: 'rung-licences',
    apply: 'build',
    generateBundle() {
      collect(this.getModuleIds());
      const apacheText = readFileSync('LICENSE', 'utf8').split('APPENDIX')[0];
      const entries = [...folders].map((folder) => entryOf(folder, apacheText)).toSorted();
      const source = `# Third-party licences\n\nRung bundles ${entries.length} packages.\n\n${entries.join('\n')}`;
      this.emitFile({ type: 'asset', fileName: 'third-party-licenses.md', source });
    },
  };
  return { page, worker };
}
