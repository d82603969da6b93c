import { describe, expect, it } from 'vitest';
import { curveParts, memberStartsAfter, modelOfEpoch } from './curveParts.ts';

describe('curveParts', () => {
  const points = [0.5, 1, 1.5, 2, 2.5].map((x) => ({ x }));

  it('is one part without starts', () => {
    expect(curveParts(points, [])).toEqual([points]);
    expect(curveParts([], [])).toEqual([[]]);
  });

  it('gives the point at a start to the model that ends there, and a part to a model that has no point yet', () => {
    const parts = curveParts(points, [1, 2, 3]);
    expect(parts.map((part) => part.map(({ x }) => x))).toEqual([[0.5, 1], [1.5, 2], [2.5], []]);
  });
});

it('counts the models that began before an epoch', () => {
  expect([1, 3, 4, 8, 9].map((epoch) => modelOfEpoch(epoch, [3, 8]))).toEqual([0, 0, 1, 1, 2]);
});

describe('memberStartsAfter', () => {
  it('begins anew with the first model', () => {
    expect(memberStartsAfter({ memberStarts: [3, 5], epochs: [{ epoch: 8 }] }, 1)).toEqual([]);
  });

  it('adds the epochs that are done, which early stopping makes fewer than planned', () => {
    expect(memberStartsAfter({ memberStarts: [3], epochs: [{ epoch: 4 }, { epoch: 5 }] }, 3)).toEqual([3, 5]);
    expect(memberStartsAfter({ memberStarts: [], epochs: [] }, 2)).toEqual([0]);
  });
});
