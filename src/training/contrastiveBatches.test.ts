import { expect, it } from 'vitest';
import { contrastiveBatches } from './contrastiveBatches.ts';

const shape = { batchTexts: 3, titlesPerText: 2, titlesPerEpoch: 4 };
/** Text t has t + 1 titles. */
const textOf = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5];

it('has every text once in a batch, titles beside their own, and no more of them than asked for', () => {
  const batches = contrastiveBatches(textOf, shape, 1);
  const seen = new Map<number, number>();
  for (const { titles, texts, targets } of batches) {
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.length).toBeLessThanOrEqual(3);
    expect([...targets].map((place) => texts[place])).toEqual([...titles].map((title) => textOf[title]));
    for (const text of texts) {
      const own = [...titles].filter((title) => textOf[title] === text).length;
      expect(own).toBeLessThanOrEqual(2);
      seen.set(text, (seen.get(text) ?? 0) + own);
    }
  }
  expect([...seen].toSorted(([a], [b]) => a - b)).toEqual([[0, 1], [1, 2], [2, 3], [3, 4], [4, 4], [5, 4]]); // prettier-ignore
  const all = batches.flatMap(({ titles }) => Array.from(titles));
  expect(new Set(all).size).toBe(all.length);
});

it('is the same for the same seed, and leaves a lone text out', () => {
  expect(contrastiveBatches(textOf, shape, 7)).toEqual(contrastiveBatches(textOf, shape, 7));
  expect(contrastiveBatches(textOf, shape, 8)).not.toEqual(contrastiveBatches(textOf, shape, 7));
  expect(contrastiveBatches([3, 3, 3], shape, 1)).toEqual([]);
  expect(contrastiveBatches([], shape, 1)).toEqual([]);
});
