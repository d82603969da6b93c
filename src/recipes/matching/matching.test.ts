/** What needs no device: ranking, what is asked and learnt, figures. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTaxonomy } from '../../data/taxonomy.ts';
import { macroAverage } from '../../metrics/averages.ts';
import type { Taxonomy } from '../../shared/matching.ts';
import { Random } from '../../shared/random.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import { matchingFigures, type Answer } from './figures.ts';
import { heldOutOnet } from './heldOutOnet.ts';
import { exerciseOf } from './questions.ts';
import { Ranking, textOf } from './ranking.ts';

const texts = ['Baker. Bakes bread', 'Welder. Joins metal', 'Smith. Forges metal'];

const vectors = (): Float32Array => Float32Array.of(1, 0, 0, 2, 3, 3);

describe('ranking', () => {
  it('adds the cosines of words, pieces and embeddings', async () => {
    const ranking = new Ranking(texts, vectors());
    const asked = ['metal worker'];
    const scores: Record<string, number[]> = {};
    for (const scoring of ['words', 'encoder', 'both'] as const)
      await ranking.eachTitle(asked, Float32Array.of(0, 5), scoring, (_, found) => (scores[scoring] = [...found]));
    expect(scores.encoder).toEqual([0, 1, expect.closeTo(Math.SQRT1_2, 6)]);
    for (const entry of [0, 1, 2])
      expect(scores.both[entry]).toBeCloseTo((2 * scores.words[entry] + scores.encoder[entry]) / 3, 6);
    expect(scores.words[1]).toBeGreaterThan(scores.words[0]);
  });

  it('gives the best first, equal ones in their order, and no more than there are', async () => {
    const ranking = new Ranking(texts, vectors());
    const found = await ranking.best(['x', 'y'], Float32Array.of(0, 1, 1, 1), 'encoder', 9);
    expect(found.count).toBe(3);
    expect([...found.entries]).toEqual([1, 2, 0, 2, 0, 1]);
    expect(found.scores[3]).toBeCloseTo(1, 6);
    const same = new Ranking(['aa bb', 'aa bb', 'aa bb', 'aa cc'], new Float32Array(8));
    const ties = await same.best(['aa bb'], new Float32Array(2), 'both', 2);
    expect([...ties.entries]).toEqual([0, 1]);
    expect((await same.best([], new Float32Array(), 'words', 5)).entries).toHaveLength(0);
  });

  it('is that of a full sort, round after round', async () => {
    const random = new Random(5);
    const drawn = (count: number): Float32Array => Float32Array.from({ length: count * 4 }, () => random.normal());
    const many = Array.from({ length: 40 }, (_, i) => `Entry word${i}`);
    const ranking = new Ranking(many, drawn(40));
    const titles = Array.from({ length: 150 }, (_, i) => `title word${i % 60}`);
    const asked = drawn(150);
    const pauses: number[] = [];
    const found = await ranking.best(titles, asked.slice(), 'both', 7, async (done) => void pauses.push(done));
    expect(pauses).toEqual([0, 64, 128]);
    await ranking.eachTitle(titles, asked, 'both', (title, scores) => {
      const order = Array.from(scores.keys()).toSorted((a, b) => scores[b] - scores[a] || a - b);
      expect([...found.entries.subarray(title * 7, title * 7 + 7)]).toEqual(order.slice(0, 7));
    });
  });
});

const known = (list: [string, number][]) => ({
  titles: packStrings(list.map(([title]) => title)),
  entries: Uint32Array.from(list, ([, entry]) => entry),
});

function taxonomyOf(names: string[][], reported: [string, number][] = []): Taxonomy {
  const entries = names.map((_, i) => `entry ${i}`);
  return {
    name: 'test',
    fingerprint: '',
    codes: packStrings(entries),
    titles: packStrings(entries),
    descriptions: packStrings(entries.map(() => '')),
    alternates: known(names.flatMap((own, entry) => own.map((title): [string, number] => [title, entry]))),
    reported: known(reported),
  };
}

describe('what is asked is not learnt', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const names = Array.from({ length: 20 }, (_, entry) =>
    Array.from({ length: 10 }, (_unused, i) => `${letters[entry]}${letters[i]}x ${letters[i]}${letters[entry]}y`),
  );

  it('of other names a share, and all those of entries kept from training', () => {
    const { train, questions, kind, leftOut, asPretrained } = exerciseOf(taxonomyOf(names), 1);
    expect([kind, asPretrained, leftOut]).toEqual(['alternates', false, 0]);
    const unseen = new Set(questions.filter(({ group }) => group === 'unseen').map(({ entry }) => entry));
    expect(unseen.size).toBe(4);
    expect(train.filter(({ entry }) => unseen.has(entry))).toEqual([]);
    expect(questions.filter(({ group }) => group === 'unseen')).toHaveLength(40);
    expect(questions.filter(({ group }) => group === 'seen')).toHaveLength(32);
    const asked = new Set(questions.map(({ title }) => title));
    expect(train.filter(({ title }) => asked.has(title))).toEqual([]);
    expect(train).toHaveLength(128);
    expect(exerciseOf(taxonomyOf(names), 1)).toEqual(exerciseOf(taxonomyOf(names), 1));
    expect(exerciseOf(taxonomyOf(names), 2).questions).not.toEqual(questions);
  });

  it('nor is what says nearly the same; titles of several entries have no answer', () => {
    const own = [
      ['Head of Sales', 'Sales Lead', 'Seller'],
      ['Cook', 'Sales Lead'],
    ];
    const more = Array.from({ length: 8 }, (_, i) => [`Worker ${letters[i]}${letters[i]}`]);
    const { train, questions, kind, leftOut } = exerciseOf(
      taxonomyOf(
        [...own, ...more],
        [
          ['Sales, Head of', 0],
          ['sales head OF', 0],
          ['Chef', 1],
          ['Owner', 1],
          ['owner', 2],
        ],
      ),
      3,
    );
    expect(kind).toBe('reported');
    expect(questions.map(({ title }) => title).toSorted()).toEqual(['Chef', 'Sales, Head of', 'sales head OF']);
    expect(train.map(({ title }) => title)).not.toContain('Head of Sales');
    expect(train.length + leftOut).toBe(13);
  });
});

describe('figures', () => {
  it('are those of macro averages, with intervals around them', () => {
    const random = new Random(9);
    const answers: Answer[] = Array.from({ length: 300 }, () => {
      const entry = random.int(30);
      const right = random.next() < 0.5;
      return { entry, first: right ? entry : random.int(40), above: right ? 0 : random.int(9) };
    });
    const figures = matchingFigures(answers, 1);
    const counts = [0, 1, 2].map(() => new Uint32Array(40));
    for (const { entry, first } of answers) {
      if (entry === first) counts[0][entry]++;
      else {
        counts[1][first]++;
        counts[2][entry]++;
      }
    }
    const [tp, fp, fn] = counts;
    const expected = macroAverage({ tp, fp, fn });
    for (const name of ['precision', 'recall', 'f1'] as const) {
      expect(figures[name].value).toBeCloseTo(expected[name], 12);
      expect(figures[name].low).toBeLessThan(expected[name]);
      expect(figures[name].high).toBeGreaterThan(expected[name]);
    }
    expect(figures.top1.value).toBeCloseTo(answers.filter(({ entry, first }) => entry === first).length / 300, 12);
    expect(figures.top5.value).toBeCloseTo(answers.filter(({ above }) => above < 5).length / 300, 12);
  });

  it('without an error are not certain', () => {
    const { top1, f1 } = matchingFigures(
      [0, 1, 2].map((entry) => ({ entry, first: entry, above: 0 })),
      1,
    );
    expect(top1).toMatchObject({ value: 1, high: 1 });
    expect(top1.low).toBeLessThan(0.7);
    expect(f1.low).toBeLessThan(0.7);
    expect(() => matchingFigures([], 1)).toThrow(/no answers/);
  });
});

const onet = new URL('../../../../shared/data/onet/', import.meta.url).pathname;

describe.skipIf(!existsSync(onet))('O*NET (../shared/data)', () => {
  const files = ['Occupation Data.txt', 'Alternate Titles.txt', 'Sample of Reported Titles.txt'];

  it('asks of the occupations that pretraining was kept from; words alone are as good as in Python', async () => {
    const { taxonomy } = await readTaxonomy(
      files.map((name) => new File([readFileSync(onet + name)], name)),
      null,
      () => undefined,
    );
    const { train, questions, asPretrained } = exerciseOf(taxonomy, 42);
    expect(asPretrained).toBe(true);
    const codes = unpackStrings(taxonomy.codes);
    expect(train.filter(({ entry }) => heldOutOnet.has(codes[entry]))).toEqual([]);
    expect(train.length).toBeGreaterThan(25_000);
    const unseen = questions.filter(({ group }) => group === 'unseen');
    expect(unseen).toHaveLength(1200);
    expect(new Set(unseen.map(({ entry }) => entry)).size).toBe(178);

    const titles = unpackStrings(taxonomy.titles);
    const documents = unpackStrings(taxonomy.descriptions).map((text, i) => textOf(titles[i], text));
    const ranking = new Ranking(documents, new Float32Array(documents.length));
    const answers: Answer[] = [];
    await ranking.eachTitle(
      unseen.map(({ title }) => title),
      new Float32Array(),
      'words',
      (i, scores) => {
        const { entry } = unseen[i];
        const above = scores.reduce((count, score) => count + (score > scores[entry] ? 1 : 0), 0);
        answers.push({ entry, first: scores.indexOf(Math.max(...scores)), above });
      },
    );
    // tools/pretrain/zero_shot.py, with scikit-learn: .331 and .586.
    const { top1, top5 } = matchingFigures(answers, 1);
    expect(top1.value).toBeCloseTo(0.331, 2);
    expect(top5.value).toBeCloseTo(0.586, 2);
    // Three seconds on an idle machine.
  }, 300_000);
});
