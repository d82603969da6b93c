import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { packStrings, unpackStrings } from './strings.ts';

describe('packed strings', () => {
  it('come back as they were, byte order marks and emoji too', () => {
    const strings = ['', 'Chief Officer', '\uFEFFwith a mark', 'Ingénieur 👩‍🔧', '\n\t', ''];
    expect(unpackStrings(packStrings(strings))).toEqual(strings);
  });

  it('come back for any strings', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (strings) => {
        expect(unpackStrings(packStrings(strings))).toEqual(strings);
      }),
    );
  });
});

function draw(seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: 5 }, () => random.uint32());
}

describe('Random', () => {
  it('repeats for a seed and differs between seeds', () => {
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });

  it('is uniform and normal to within sampling error', () => {
    const random = new Random(7);
    const buckets = Array.from({ length: 10 }, () => 0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 20_000; i++) {
      buckets[random.int(10)]++;
      const normal = random.normal();
      sum += normal;
      squares += normal * normal;
    }
    // 2,000 expected in each, standard deviation 42.
    expect(Math.max(...buckets.map((count) => Math.abs(count - 2000)))).toBeLessThan(200);
    expect(Math.abs(sum / 20_000)).toBeLessThan(0.03);
    expect(Math.abs(squares / 20_000 - 1)).toBeLessThan(0.04);
  });

  it('shuffles to a permutation', () => {
    const shuffled = new Random(1).shuffle(Uint32Array.from({ length: 100 }, (_, i) => i));
    expect(shuffled.toSorted()).toEqual(Uint32Array.from({ length: 100 }, (_, i) => i));
    expect(shuffled[0] === 0 && shuffled[1] === 1 && shuffled[2] === 2).toBe(false);
  });
});
