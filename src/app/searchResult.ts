/** The result of a search as it is kept between visits. */
import * as v from 'valibot';
import { searchedSettings, type SearchResult } from '../shared/search.ts';

const schema: v.GenericSchema<unknown, SearchResult> = v.object({
  recipeName: v.string(),
  dataName: v.string(),
  plan: v.object({
    method: v.picklist(['random', 'halving']),
    trials: v.number(),
    settings: v.array(v.picklist(searchedSettings)),
    folds: v.number(),
  }),
  figure: v.picklist(['microF1', 'macroF1']),
  trials: v.array(
    v.object({
      number: v.number(),
      settings: v.object({
        learningRate: v.number(),
        layerDecay: v.number(),
        epochs: v.number(),
        loss: v.picklist(['bce', 'focal', 'asymmetric']),
        dropout: v.number(),
        batchSize: v.number(),
      }),
      round: v.number(),
      share: v.number(),
      score: v.number(),
      seconds: v.number(),
    }),
  ),
});

/** What an earlier visit left; null where that is nothing, or nothing that can be read. */
export function readSearchResult(text: string | null): SearchResult | null {
  if (text === null) return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
