import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  formatFigure,
  formatInterval,
  formatMoment,
  formatPercent,
  formatShare,
  formatSmall,
  formatTimeLeft,
} from './format.ts';

/** The special spaces as plain ones, so that the tables below can be read. */
const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

it('says a share of a hundred, or of as many as there are', () => {
  expect([formatShare(0.867, 224), formatShare(0.25, 4), formatShare(1, 99)]).toEqual([
    '87 of 100',
    '1 of 4',
    '99 of 99',
  ]);
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1 000'],
    [2240, '2 240'],
    [30522, '30 522'],
    [1234567, '1 234 567'],
    [-1234, '−1 234'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d as %s', (count, text) => expect(plain(formatCount(count))).toBe(text));

  it('loses no digit', () => {
    fc.assert(
      fc.property(fc.nat(), (count) => {
        expect(Number(formatCount(count).replace(/\u202f/g, ''))).toBe(count);
      }),
    );
  });

  it('agrees with its noun', () => {
    expect(formatCounted(1, 'row')).toBe('1 row');
    expect(formatCounted(0, 'row')).toBe('0 rows');
    expect(plain(formatCounted(2240, 'entry', 'entries'))).toBe('2 240 entries');
  });
});

describe('figures', () => {
  it.each([
    [0.9121, 3, '0.912'],
    [1, 3, '1.000'],
    [0, 2, '0.00'],
    [-0.0001, 2, '0.00'],
    [-0.25, 2, '−0.25'],
    [null, 3, '–'],
    [undefined, 3, '–'],
    [Number.NaN, 3, '–'],
  ])('%s with %d digits as %s', (figure, digits, text) => expect(formatFigure(figure, digits)).toBe(text));

  it('says an interval in words', () => {
    expect(formatInterval({ value: 0.9123, low: 0.88, high: 0.9377 })).toBe('0.91, from 0.88 to 0.94');
    expect(formatInterval({ value: 0.9123, low: 0.88, high: 0.9377 }, 3)).toBe('0.912, from 0.880 to 0.938');
  });
});

describe('formatPercent', () => {
  it.each([
    [0.8, '80 %'],
    [0, '0 %'],
    [1, '100 %'],
    [0.004, '0.4 %'],
    [0.0004, '< 0.1 %'],
    [0.9961, '99.6 %'],
    [0.99999, '> 99.9 %'],
    [0.1 + 0.2, '30 %'],
    [1 - 1e-16, '100 %'],
    [null, '–'],
  ])('%s as %s', (share, text) => expect(plain(formatPercent(share))).toBe(text));

  it('never rounds some to none or nearly all to all', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (share) => {
        expect(plain(formatPercent(share))).not.toMatch(/^(0|100) %$/);
      }),
    );
  });
});

describe('time', () => {
  it.each([
    [0, '0 s'],
    [0.42, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [80, '1 min 20 s'],
    [3599.6, '1 h'],
    [7500, '2 h 5 min'],
    [86399, '1 d'],
    [3 * 86400 + 4 * 3600, '3 d 4 h'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('%d seconds as %s', (seconds, text) => expect(plain(formatDuration(seconds))).toBe(text));

  it.each([
    [null, 'working out the time left'],
    [Number.POSITIVE_INFINITY, 'working out the time left'],
    [0.2, 'almost done'],
    [12.4, '12 s left'],
    [78.3, '1 min 20 s left'],
    [318, '5 min 20 s left'],
    [1234, '21 min left'],
    [7490, 'about 2 h 5 min left'],
  ])('%s seconds left as %s', (seconds, text) => expect(plain(formatTimeLeft(seconds))).toBe(text));

  it('writes a moment in the local time zone', () => {
    expect(formatMoment(new Date(2025, 2, 4, 14, 5).getTime())).toBe('4 Mar 2025, 14:05');
    expect(formatMoment(Number.NaN)).toBe('–');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [999.6, '1.0 kB'],
    [1234, '1.2 kB'],
    [9949, '9.9 kB'],
    [46_200_000, '46 MB'],
    [999_600_000, '1.0 GB'],
    [1.13e9, '1.1 GB'],
    [5e15, '5000 TB'],
    [-1, '–'],
  ])('%d as %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));
});

describe('formatSmall', () => {
  it.each([
    [0, '0'],
    [0.001, '0.001'],
    [0.00085, '0.00085'],
    [0.000123, '0.00012'],
    [0.00002, '2e-5'],
    [0.0000215, '2.2e-5'],
    [0.01, '0.01'],
    [5, '5'],
    [Number.NaN, '–'],
  ])('%d as %s', (value, text) => expect(formatSmall(value)).toBe(text));
});
