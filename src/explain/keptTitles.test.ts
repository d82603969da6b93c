import { describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';
import { keepTitles, mostKeptTitles } from './keptTitles.ts';

function datasetOf(titles: string[]): Dataset {
  return {
    name: 'made up',
    titles: packStrings(titles),
    labelNames: ['a', 'b'],
    labels: Uint8Array.from(titles.flatMap((_, i) => [i % 2, (i + 1) % 2])),
    rowNumbers: Uint32Array.from(titles, (_, i) => i + 2),
    groups: new Uint32Array(titles.length),
    cleaning: defaultCleaning,
    unlabelled: { kind: 'drop' },
    fingerprint: '',
  };
}

describe('kept titles', () => {
  it('are the training rows with their labels and row numbers', () => {
    const kept = keepTitles(datasetOf(['A', 'B', 'Çé', 'D'.repeat(500)]), Uint32Array.of(3, 2, 0));
    expect(unpackStrings(kept.titles)).toEqual(['D'.repeat(200), 'Çé', 'A']);
    expect([...kept.labels]).toEqual([1, 0, 0, 1, 0, 1]);
    expect([...kept.rows]).toEqual([5, 4, 2]);
    expect(kept.total).toBe(3);
  });

  it('are evenly spread where there are too many', () => {
    const count = mostKeptTitles * 2.25;
    const titles = Array.from({ length: count }, (_, i) => `t${i}`);
    const kept = keepTitles(
      datasetOf(titles),
      Uint32Array.from(titles, (_, i) => i),
    );
    expect(kept.rows.length).toBe(mostKeptTitles);
    expect(kept.total).toBe(count);
    const gaps = kept.rows.slice(1).map((row, i) => row - kept.rows[i]);
    expect([Math.min(...gaps), Math.max(...gaps)]).toEqual([2, 3]);
    expect(new Set(unpackStrings(kept.titles)).size).toBe(mostKeptTitles);
  });

  it('are none of none', () => {
    expect(keepTitles(datasetOf(['A']), new Uint32Array())).toMatchObject({ total: 0, rows: new Uint32Array() });
  });
});
