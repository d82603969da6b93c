import { describe, expect, it } from 'vitest';
import type { Candidate } from '../baselines/candidates.ts';
import { wordsAndCharacters } from '../baselines/tfidf.ts';
import { defaultCleaning } from '../data/cleaning.ts';
import { defaultClassicalConfig } from '../shared/classical.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import type { ClassicalRun } from '../shared/training.ts';
import { testRecord } from '../testing/runRecord.ts';
import { defaultNormalisation } from '../text/normalise.ts';
import { classical } from './classical.ts';
import {
  classicalFeatures,
  classicalFileName,
  classicalFiles,
  classicalProbabilities,
  readClassicalModel,
  renewedClassicalFile,
} from './classicalModel.ts';

const areas = 'Sales Finance Nursing Software Marketing Legal Payroll Design'.split(' ');
const titles = Array.from(
  { length: 96 },
  (_, i) => `${['Director', 'Mgr', 'Clerk'][i % 3]} of ${areas[i % 8]} ${i % 7}`,
);
const dataset: Dataset = {
  name: 'made',
  titles: packStrings(titles),
  labelNames: ['Director', 'Never'],
  labels: Uint8Array.from(titles.flatMap((title) => [Number(title.startsWith('Director')), 0])),
  rowNumbers: Uint32Array.from(titles.keys()),
  groups: Uint32Array.from(titles.keys()),
  cleaning: defaultCleaning,
  unlabelled: { kind: 'none' },
  fingerprint: '',
};
const rows = Uint32Array.from(titles.keys());
const split = { train: rows.slice(0, 60), validation: rows.slice(60, 70), test: rows.slice(70) };
const record = testRecord();
const run: ClassicalRun = {
  ...record,
  kind: 'classical',
  config: defaultClassicalConfig,
  plan: { trainRows: 60, validationRows: 10, testRows: 26 },
  chosen: [],
  data: { ...record.data, labelNames: dataset.labelNames },
  thresholds: [0.25, 0.5],
};

async function trained(candidate: Candidate) {
  const settings = {
    normalisation: defaultNormalisation,
    ngrams: wordsAndCharacters,
    candidates: [candidate],
    calibrate: true,
    innerFolds: 2,
    seed: 1,
  };
  const search = classical({
    dataset,
    split,
    settings,
    signal: new AbortController().signal,
    gate: async () => undefined,
  });
  let step = await search.next();
  while (!step.done) step = await search.next();
  return step.value.model;
}

const forest = { trees: 10, classWeight: 'none', columns: 50 } as const;
const kinds: Candidate[] = [
  { kind: 'logistic regression', C: 30, classWeight: 'balanced' },
  { kind: 'linear SVM', C: 1, classWeight: 'none' },
  { kind: 'naive Bayes', variant: 'multinomial', alpha: 0.1 },
  { kind: 'nearest neighbours', neighbours: 5, weighting: 'distance' },
  { kind: 'random forest', leafRows: 1, ...forest },
  { kind: 'gradient boosting', rate: 0.2, mostLeaves: 4, leafRows: 2, l2: 1, ...forest },
];

/** Why it cannot be read. */
function refused(changed: string): string {
  try {
    readClassicalModel(new TextEncoder().encode(changed));
  } catch (thrown) {
    return String(thrown);
  }
  return 'it was read';
}

describe('a classical model as JSON', () => {
  it.each(kinds)('$kind answers as before', async (candidate) => {
    const model = await trained(candidate);
    const bytes = classicalFiles(run, model).get(classicalFileName) ?? new Uint8Array();
    const asked = ['Director of Legal 3', 'dir. of Nursing', 'Clerk', 'never seen', ''];
    const read = readClassicalModel(bytes);
    const before = classicalProbabilities(model, classicalFeatures(model, asked));
    const after = classicalProbabilities(read.model, classicalFeatures(read.model, asked));
    const largest = Math.max(...before.map((p, i) => Math.abs(p - after[i])));
    expect(largest).toBeLessThan(1e-5);
    expect(before[0]).toBeGreaterThan(0.5);
    expect(before[1]).toBeLessThan(1e-6);
    // Only nearest neighbours need the titles.
    expect(new TextDecoder().decode(bytes).includes('"director legal 3"')).toBe(
      candidate.kind === 'nearest neighbours',
    );
  });

  it('takes the run’s present name and thresholds', async () => {
    const bytes = classicalFiles(run, await trained(kinds[0])).get(classicalFileName) ?? new Uint8Array();
    const renewed = readClassicalModel(renewedClassicalFile(bytes, { ...run, name: 'Renamed' }));
    expect(renewed).toMatchObject({ name: 'Renamed', thresholds: [0.25, 0.5], labelNames: ['Director', 'Never'] });
  });

  it('is refused when it is damaged, naming what is wrong', async () => {
    const bytes = classicalFiles(run, await trained(kinds[4])).get(classicalFileName) ?? new Uint8Array();
    const text = new TextDecoder().decode(bytes);
    expect(refused('{')).toContain('else than JSON');
    expect(refused(text.replace('"combine":"mean"', '"combine":"median"'))).toContain('labels.0.classifier');
    expect(refused(text.replace('"labelNames":["Director",', '"labelNames":['))).toContain('1 labels');
    // A tree that leads back to its root would never end.
    expect(refused(text.replace(/"left":\[\d+/, '"left":[999'))).toContain('a tree without an end');
  });
});
