import { describe, expect, it } from 'vitest';
import { findCounterfactuals, type Scores } from './counterfactuals.ts';
import { wordsOfLabel } from './vocabulary.ts';
import { wordsOf } from './words.ts';

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** A model that adds up what words are worth. */
function additive(worth: Record<string, number>, bias: number) {
  const asked: string[] = [];
  const predict = async (titles: string[]): Promise<Scores> => {
    asked.push(...titles);
    const logits = titles.map((title) => title.split(' ').reduce((sum, word) => sum + (worth[word] ?? 0), bias));
    return { logits, probabilities: logits.map(sigmoid) };
  };
  return { predict, asked };
}

const search = async (title: string, worth: Record<string, number>, vocabulary: string[], threshold = 0.5) => {
  const { predict, asked } = additive(worth, -1);
  const words = wordsOf(title);
  const [probability] = Array.from((await predict([title])).probabilities);
  const holds = probability >= threshold;
  const result = await findCounterfactuals({ words, holds, threshold, vocabulary, predict });
  return { ...result, holds, asked: asked.slice(1) };
};

describe('counterfactual titles', () => {
  it('take out the word that a label hangs on, before they put one in', async () => {
    const { found, holds } = await search('Sales Manager', { Manager: 3, Assistant: -4 }, ['Assistant']);
    expect(holds).toBe(true);
    expect(found[0]).toMatchObject({ title: 'Sales', edits: [{ out: 'Manager', into: null }] });
    expect(found[0].probability).toBeCloseTo(sigmoid(-1), 12);
    // One place for the word, at its best.
    expect(found[1]).toMatchObject({ title: 'Sales Assistant', edits: [{ out: 'Manager', into: 'Assistant' }] });
    expect(found.length).toBe(2);
  });

  it('put in or replace by the words that give a label, the surest first', async () => {
    const { found, holds } = await search('Junior Clerk', { Junior: -2, Manager: 3, Director: 5 }, [
      'Manager',
      'Director',
    ]);
    expect(holds).toBe(false);
    expect(found.map(({ title }) => title)).toEqual(['Director Clerk', 'Manager Clerk']);
    expect(found.every(({ probability }) => probability >= 0.5)).toBe(true);
  });

  it('go by the threshold of the label', async () => {
    const { found } = await search('Clerk', { Manager: 0.8 }, ['Manager'], 0.4);
    expect(found.map(({ title }) => title)).toEqual(['Manager']);
    const { found: none } = await search('Clerk', { Manager: 0.8 }, ['Manager'], 0.9);
    expect(none).toEqual([]);
  });

  it('change two words where one is not enough, and no more than that', async () => {
    const worth = { General: 0.7, Manager: 0.7 };
    const { found, asked, tried } = await search('Clerk', worth, ['General', 'Manager', 'Sales']);
    expect(found[0].edits.length).toBe(2);
    expect(
      found[0].title
        .split(' ')
        .toSorted()
        .filter((word) => word in worth),
    ).toEqual(['General', 'Manager']);
    expect(found.every(({ edits }) => edits.length === 2)).toBe(true);
    expect(tried).toBe(asked.length);
    expect(new Set(asked).size).toBe(asked.length);
    const { found: none } = await search('Clerk', { General: 0.4 }, ['General', 'Sales']);
    expect(none).toEqual([]);
  });

  it('only take out without a vocabulary, and never the last word', async () => {
    const { found, asked } = await search('Area Sales Manager', { Area: 0.9, Manager: 0.9 }, []);
    expect(found.map(({ edits }) => edits.map(({ out }) => out))).toEqual([['Area'], ['Manager']]);
    expect(asked).not.toContain('');
    expect((await search('Manager', { Manager: 3 }, [])).found).toEqual([]);
  });

  it('try a bounded number for a long title', async () => {
    const title = Array.from({ length: 200 }, (_, i) => `w${i}`).join(' ');
    const vocabulary = Array.from({ length: 40 }, (_, i) => `v${i}`);
    const { tried } = await search(title, {}, vocabulary);
    expect(tried).toBeLessThan(2500);
  });
});

describe('words of a label', () => {
  const titles = [
    'Sales Manager',
    'sales manager',
    'Manager, IT',
    'Sales Clerk',
    'Clerk',
    'IT Clerk 7',
    'rare Manager',
  ];
  const labels = Uint8Array.of(1, 1, 1, 0, 0, 0, 1);

  it('are those that go with it, or without it', () => {
    const data = { titles, labels, labelCount: 1 };
    expect(wordsOfLabel(data, 0, true, 9)).toEqual(['Manager', 'Sales']);
    expect(wordsOfLabel(data, 0, false, 9)).toEqual(['Clerk', 'IT']);
    expect(wordsOfLabel(data, 0, true, 1)).toEqual(['Manager']);
  });

  it('are read from the column of the label', () => {
    const both = Uint8Array.from(Array.from(labels).flatMap((held) => [1 - held, held]));
    expect(wordsOfLabel({ titles, labels: both, labelCount: 2 }, 0, true, 1)).toEqual(['Clerk']);
  });
});
