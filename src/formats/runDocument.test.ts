import { describe, expect, it } from 'vitest';
import { checkRunRecord } from '../storage/runSchema.ts';
import { testRecord } from '../testing/runRecord.ts';
import { parseRunDocument, runDocument } from './runDocument.ts';

const validation = {
  actual: Uint8Array.of(1, 0, 0, 0, 1, 1),
  probabilities: Float32Array.of(0.9, 0.1, 0.3, 1 / 3, 0, 1),
};
const run = testRecord({ validation });

/** The document with something in it changed. */
function changed(change: (document: { version: number; run: Record<string, unknown> }) => void): string {
  const document = JSON.parse(runDocument(run)) as { version: number; run: Record<string, unknown> };
  change(document);
  return JSON.stringify(document);
}

describe('the document of a run', () => {
  it('comes back as the run without its weights and titles', () => {
    const text = runDocument(run);
    expect(text).not.toContain('A secret title');
    const read = checkRunRecord(parseRunDocument(text, 'run.json'));
    if (!('record' in read)) throw new Error(read.reason);
    const [row] = run.test?.rows ?? [];
    expect(read.record).toEqual({
      ...run,
      weightBytes: 0,
      test: { report: run.test?.report, rows: [{ ...row, title: '' }] },
    });
  });

  it('leaves out the titles of rows by hand, and keeps that there were some', () => {
    const extraRows = [{ title: 'A secret founder', labels: ['Owner'] }];
    const text = runDocument(testRecord({ config: { ...run.config, extraRows } }));
    expect(text).not.toContain('secret');
    expect(parseRunDocument(text, 'run.json')).toMatchObject({
      config: { extraRows: [{ title: '', labels: ['Owner'] }] },
    });
  });

  it.each([
    ['no JSON', '{', 'file-corrupt', 'no JSON'],
    ['a table', '[1, 2]', 'file-corrupt', 'as the document of a run'],
    ['one of a newer Rung', changed((document) => (document.version = 2)), 'model-unsupported', 'version 2'],
    ['one that lost a label', changed((document) => (document.run.thresholds = [0.5])), 'file-corrupt', '3 labels'],
  ])('%s is refused', (_, text, code, words) => {
    expect(() => parseRunDocument(text, 'run.json')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });

  it('that was tampered with is no run', () => {
    const text = changed((document) => (document.run.kind = 'guess'));
    expect(checkRunRecord(parseRunDocument(text, 'run.json'))).toMatchObject({
      reason: expect.stringContaining('kind'),
    });
  });
});
