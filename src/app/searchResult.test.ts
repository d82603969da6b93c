import { expect, it } from 'vitest';
import { drawTrials } from '../recipes/search.ts';
import { defaultSearchPlan, type SearchResult } from '../shared/search.ts';
import { oneModelConfig } from '../shared/training.ts';
import { readSearchResult } from './searchResult.ts';

const config = { ...oneModelConfig, encoder: { kind: 'shipped', id: 'mini' } } as const;
const [settings] = drawTrials(config, defaultSearchPlan);
const result: SearchResult = {
  recipeName: 'Rung',
  dataName: 'titles.csv',
  plan: defaultSearchPlan,
  figure: 'microF1',
  trials: [{ number: 1, settings, round: 1, share: 1, score: 0.9, seconds: 12 }],
};

it('a result comes back as it was kept', () => {
  expect(readSearchResult(JSON.stringify(result))).toEqual(result);
});

it.each([null, '', '{', '[]', JSON.stringify({ ...result, figure: 'accuracy' })])(
  'what is none is left: %j',
  (text) => {
    expect(readSearchResult(text)).toBeNull();
  },
);
