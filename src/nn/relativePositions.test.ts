import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bucketOf, relativeRows, relativeSpan } from './relativePositions.ts';

const tables = '../shared/fixtures/deberta_position_buckets.json';

interface BucketTable {
  position_buckets: number;
  max_relative_positions: number;
  relative: number[];
  bucket: number[];
}

describe('relative positions', () => {
  it('are told apart one by one near by and in logarithmic steps far away', () => {
    const settings = { buckets: 256, maxDistance: 512 };
    expect([0, 1, -1, 127, 128, -128].map((d) => bucketOf(d, settings))).toEqual([0, 1, -1, 127, 128, -128]);
    // Figures of Hugging Face's make_log_bucket_position.
    expect([129, 200, -300, 511].map((d) => bucketOf(d, settings))).toEqual([129, 169, -207, 255]);
    expect(bucketOf(-400, { buckets: 0, maxDistance: 20 })).toBe(-400);
    expect(relativeSpan({ buckets: 0, maxDistance: 20 })).toBe(20);
  });

  it.skipIf(!existsSync(tables))('have the buckets of Hugging Face', () => {
    const { tables: all } = JSON.parse(readFileSync(tables, 'utf8')) as { tables: BucketTable[] };
    expect(all.length).toBe(6);
    for (const { position_buckets: buckets, max_relative_positions: maxDistance, relative, bucket } of all) {
      const settings = { buckets: Math.max(0, buckets), maxDistance };
      expect(relative.map((distance) => bucketOf(distance, settings) + 0)).toEqual(bucket);
    }
  });

  it.each([
    [1, { buckets: 16, maxDistance: 64 }],
    [21, { buckets: 16, maxDistance: 64 }],
    [40, { buckets: 0, maxDistance: 20 }],
    [512, { buckets: 256, maxDistance: 512 }],
  ])(
    'in titles of up to %i tokens take rows that the table has, each row a stretch of distances',
    (longest, settings) => {
      const { first, count, reach, places } = relativeRows(longest, settings, 600);
      const span = relativeSpan(settings);
      expect(reach).toBeGreaterThanOrEqual(longest);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + count).toBeLessThanOrEqual(2 * span);
      for (let distance = 1 - reach; distance < reach; distance++) {
        const row = places[distance + reach - 1];
        expect(first + row).toBe(Math.min(2 * span - 1, Math.max(0, bucketOf(distance, settings) + span)));
        const [least, largest] = places.subarray(2 * reach - 1 + 2 * row);
        expect(least <= distance && distance <= largest).toBe(true);
      }
      // Every distance in a row's stretch takes that row.
      for (let row = 0; row < count; row++) {
        const [least, largest] = places.subarray(2 * reach - 1 + 2 * row);
        for (let distance = least; distance <= largest; distance++) expect(places[distance + reach - 1]).toBe(row);
      }
    },
  );
});
