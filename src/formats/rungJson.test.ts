import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { parseRungJson, rungJson } from './rungJson.ts';
import { testRecord } from '../testing/runRecord.ts';

const record = testRecord();
const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('rung.json', () => {
  it('comes back from text as it was', () => {
    const made = rungJson(record);
    expect(parseRungJson(throughText(made))).toEqual(made);
    expect(made).toMatchObject({
      name: 'First run',
      createdAt: '2026-03-04T05:00:00.000Z',
      thresholds: [0.4, 0.55, 0.5],
      labelNames: ['Director', 'Manager', 'Owner'],
      maxTokens: 64,
      data: { rows: 1210, labelRows: [700, 506, 4], testRows: 121 },
      test: { microF1: { value: 0.91 }, perLabel: [{}, {}, { f1: null }] },
    });
  });

  it('holds no title of the data', () => {
    const extraRows = [{ title: 'A secret founder', labels: ['Owner'] }];
    const made = rungJson({ ...record, config: { ...record.config, extraRows } });
    expect(JSON.stringify(made)).not.toContain('secret');
    expect(made.training.settings.extraRows).toBe(1);
  });

  it('takes 0.5 where a run that was stopped has no thresholds yet', () => {
    const stopped = { ...record, status: 'stopped' as const, thresholds: [], test: null, bestEpoch: null };
    const made = parseRungJson(throughText(rungJson(stopped)));
    expect([made.thresholds, made.test, made.training.bestEpoch]).toEqual([[0.5, 0.5, 0.5], null, null]);
  });

  it('ignores entries that it does not know', () => {
    const made = rungJson(record);
    expect(parseRungJson({ ...made, later: 1 })).toEqual(made);
  });

  it.each<[string, unknown, RegExp]>([
    ['null', null, /the whole file/],
    ['another format', { format: 'x', version: 1 }, /format/],
    ['a threshold over 1', { ...rungJson(record), thresholds: [0.4, 1.5, 0.5] }, /thresholds\.1/],
    ['a threshold missing', { ...rungJson(record), thresholds: [0.4] }, /one threshold and one row count/],
    ['cleaning as text', { ...rungJson(record), cleaning: 'all' }, /cleaning/],
    ['a label that is no text', { ...rungJson(record), labelNames: ['a', null, 'b'] }, /labelNames\.1/],
  ])('is refused: %s', (_, json, message) => {
    const parse = (): unknown => parseRungJson(json);
    expect(parse).toThrow(RungError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
  });

  it('says when a newer Rung made it', () => {
    const newer = { ...rungJson(record), version: 2 };
    expect(() => parseRungJson(newer)).toThrow(/version 2, this Rung reads versions up to 1/);
    expect(() => parseRungJson(newer)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
  });
});
