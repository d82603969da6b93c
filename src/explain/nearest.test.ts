import { describe, expect, it } from 'vitest';
import { centreRows, meanRow, nearestRows, normaliseRows } from './nearest.ts';

describe('nearest rows', () => {
  it('are ordered by cosine', () => {
    const vectors = Float32Array.of(1, 0, 0, 2, 3, 3, -1, 0, 0, 0);
    normaliseRows(vectors, 2);
    const query = Float32Array.of(5, 5);
    normaliseRows(query, 2);
    const near = nearestRows(query, vectors, 3);
    expect(near.map(({ row }) => row)).toEqual([2, 0, 1]);
    expect(near[0].similarity).toBeCloseTo(1, 6);
    expect(near[1].similarity).toBeCloseTo(Math.SQRT1_2, 6);
    expect(nearestRows(query, vectors, 9).map(({ row }) => row)).toEqual([2, 0, 1, 4, 3]);
    expect(nearestRows(query, new Float32Array(), 3)).toEqual([]);
  });

  it('are told apart about the mean of all', () => {
    const vectors = Float32Array.of(100, 1, 100, -1, 101, 0);
    const mean = meanRow(vectors, 2);
    expect([...mean]).toEqual([Math.fround(301 / 3), 0]);
    centreRows(vectors, mean);
    normaliseRows(vectors, 2);
    const query = Float32Array.of(100, 3);
    centreRows(query, mean);
    normaliseRows(query, 2);
    const near = nearestRows(query, vectors, 3);
    expect(near.map(({ row }) => row)).toEqual([0, 2, 1]);
    expect(near[0].similarity).toBeGreaterThan(0.9);
    expect(near[2].similarity).toBeLessThan(-0.5);
    expect([...meanRow(new Float32Array(), 2)]).toEqual([0, 0]);
  });
});
