import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFile } from './readFile.ts';
import { DataSession } from './session.ts';

const path = resolve(import.meta.dirname, '../../public/sample/job-titles.csv');

describe.skipIf(!existsSync(path))('the sample that ships with the page', () => {
  it('is ready to train on as it is', async () => {
    const session = new DataSession(null);
    const summary = session.load(await readFile(new File([readFileSync(path)], 'job-titles.csv'), {}, () => undefined));
    expect(summary.blocked).toBeNull();
    expect(summary.columns[summary.settings.roles.title ?? -1]).toMatch(/title/i);
    expect(summary.labels.length).toBeGreaterThanOrEqual(4);
    expect(summary.trainableRows).toBeGreaterThan(200);
  });
});
