import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { packStrings } from '../shared/strings.ts';
import { layOutTitles, nearest } from './titleMap.ts';

function finish<T>(working: Generator<unknown, T>): T {
  let step = working.next();
  while (!step.done) step = working.next();
  return step.value;
}

/** Share of points whose nearest point on the plane is of the same group. */
function together(positions: Float32Array, groupOf: (row: number) => number): number {
  const rows = positions.length / 2;
  let same = 0;
  for (let a = 0; a < rows; a++) {
    let best = -1;
    let least = Infinity;
    for (let b = 0; b < rows; b++) {
      const distance = Math.hypot(positions[2 * a] - positions[2 * b], positions[2 * a + 1] - positions[2 * b + 1]);
      if (b !== a && distance < least) [best, least] = [b, distance];
    }
    if (groupOf(a) === groupOf(best)) same++;
  }
  return same / rows;
}

const words = ['nurse', 'driver', 'teacher'];
const titles = Array.from(
  { length: 90 },
  (_, i) => `${['senior', 'junior', 'lead', 'chief', 'head'][i % 5]} ${words[i % 3]} ${i}`,
);

describe('layOutTitles', () => {
  it('puts titles that share words together, the same way each time', () => {
    const request = { titles: packStrings(titles), embeddings: null, seed: 5 };
    const positions = finish(layOutTitles(request));
    expect(positions).toHaveLength(180);
    expect(positions.every(Number.isFinite)).toBe(true);
    expect(together(positions, (row) => row % 3)).toBeGreaterThan(0.9);
    expect(finish(layOutTitles(request))).toEqual(positions);
  }, 300_000);

  it('goes by embeddings where there are some, though a large part is common to all', () => {
    const random = new Random(2);
    const dim = 40;
    // A common part a hundred times as long as what tells groups apart: every cosine is above .999.
    const vectors = Float32Array.from(
      titles.flatMap((_, row) =>
        Array.from({ length: dim }, (__, i) => 100 + (i % 3 === row % 3 ? 1 : 0) + 0.2 * random.normal()),
      ),
    );
    const seen: number[] = [];
    const working = layOutTitles({ titles: packStrings(titles), embeddings: { vectors, dim }, seed: 1 });
    let step = working.next();
    for (; !step.done; step = working.next()) {
      if (step.value.message === 'Laying out') seen.push(step.value.fraction ?? 0);
    }
    expect(together(step.value, (row) => row % 3)).toBeGreaterThan(0.9);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('takes titles that are all the same, and refuses too few', () => {
    const same = packStrings(Array.from({ length: 30 }, () => 'clerk'));
    expect(finish(layOutTitles({ titles: same, embeddings: null, seed: 1 })).every(Number.isFinite)).toBe(true);
    const few = packStrings(titles.slice(0, 5));
    expect(() => layOutTitles({ titles: few, embeddings: null, seed: 1 }).next()).toThrow(/expected from 20/);
  });
});

it('nearest: the row itself, then the others by distance', () => {
  const vectors = Float32Array.of(1, 0, 0, 1, 0.8, 0.6, -1, 0);
  const { indices, distances } = finish(nearest(vectors, 2, 2));
  expect(indices).toEqual([
    [0, 2, 1],
    [1, 2, 0],
    [2, 0, 1],
    [3, 1, 2],
  ]);
  expect(distances[0][1]).toBeCloseTo(Math.sqrt(0.4), 6);
  expect(distances[0][2]).toBeCloseTo(Math.SQRT2, 6);
});
