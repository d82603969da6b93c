/** Reads the imports of every file in `src` and fails on an edge that the architecture does not have, or on a cycle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = import.meta.dirname;

/** Folder -> folders it may import, besides `shared` and itself. */
const allowed: Record<string, readonly string[]> = {
  shared: [],
  data: [],
  text: [],
  formats: [],
  storage: [],
  metrics: [],
  explain: [],
  kernels: [],
  nn: ['kernels'],
  models: ['nn', 'kernels'],
  training: ['models', 'nn', 'kernels', 'metrics'],
  baselines: ['text', 'metrics'],
  standalone: ['data', 'text', 'formats', 'kernels', 'nn', 'models', 'recipes'],
  recipes: ['data', 'text', 'formats', 'metrics', 'kernels', 'nn', 'models', 'training', 'baselines'],
  worker: [
    'recipes',
    'data',
    'text',
    'formats',
    'storage',
    'metrics',
    'explain',
    'kernels',
    'nn',
    'models',
    'training',
  ],
  ui: [],
  features: ['ui', 'worker/client', 'worker/protocol', 'data', 'metrics'],
  app: ['features', 'ui', 'worker/client', 'worker/streamClient', 'worker/protocol'],
  testing: ['formats', 'storage', 'kernels', 'nn', 'models', 'training'],
};

/** The page's thread must never load tfjs: packages that only these folders may import. */
const engineFolders = new Set(['kernels', 'nn', 'models', 'training', 'testing']);

interface Import {
  from: string;
  to: string;
}

function sourceFiles(): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(src, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? match[2] ?? match[3]);
}

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);
const files = sourceFiles();
const relativeImports: Import[] = files.flatMap((from) =>
  importsOf(from)
    .filter((to) => to.startsWith('.'))
    .map((to) => ({ from, to: resolve(dirname(from), to.replace(/\?.*$/, '')) })),
);

const folderOf = (file: string): string => relative(src, file).split('/')[0];

function isAllowed({ from, to }: Import): boolean {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) {
    // Screens do not know each other.
    return source !== 'features' || relative(src, from).split('/')[1] === relative(src, to).split('/')[1];
  }
  if (target === 'shared' || isTest(from)) return true;
  const path = relative(src, to);
  if (path === '../package.json') return source === 'app';
  return (allowed[source] ?? []).some(
    (edge) => path === edge || path.startsWith(`${edge}/`) || path.startsWith(`${edge}.`),
  );
}

/** A cycle as a list of files, or null. Type-only imports count too: a cycle of types is still two files that are one. */
function findCycle(): string[] | null {
  const edges = new Map<string, string[]>();
  for (const { from, to } of relativeImports) if (!isTest(from)) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const to of edges.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle.map((name) => relative(src, name));
  }
  return null;
}

describe('architecture', () => {
  it('finds the imports it is to judge', () => {
    expect(relativeImports.length).toBeGreaterThan(100);
    const names = new Set(files.map((file) => relative(src, file)));
    expect(
      relativeImports.map(({ to }) => relative(src, to)).filter((to) => /\.tsx?$/.test(to) && !names.has(to)),
    ).toEqual([]);
  });

  it('has only the edges of the architecture', () => {
    const wrong = relativeImports.filter((edge) => !isAllowed(edge));
    expect(wrong.map(({ from, to }) => `${relative(src, from)} -> ${relative(src, to)}`)).toEqual([]);
  });

  it('has every folder in the table', () => {
    const folders = new Set(files.map(folderOf).filter((name) => !name.includes('.')));
    expect([...folders].filter((name) => !(name in allowed))).toEqual([]);
  });

  it('keeps tfjs out of everything but the engine', () => {
    const wrong = files.filter(
      (file) =>
        !engineFolders.has(folderOf(file)) &&
        !isTest(file) &&
        importsOf(file).some((to) => to.startsWith('@tensorflow/')),
    );
    expect(wrong.map((file) => relative(src, file))).toEqual([]);
  });

  it('has no cycle', () => {
    expect(findCycle()).toBeNull();
  });
});
