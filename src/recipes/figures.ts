/** What each recipe reached on honest folds, as `npm run eval` measured it (`--json`): means over the seeds. Null: not measured yet. */
import * as v from 'valibot';
import type { RecipeFigures } from '../shared/recipe.ts';
import type { RecipeId } from '../shared/training.ts';
import json from './figures.json' with { type: 'json' };

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const interval = v.object({ value: share, low: share, high: share });

const schema = v.object({
  /** Of which table, and how it was measured: the same for all. */
  data: v.string(),
  how: v.string(),
  recipes: v.record(
    v.string(),
    v.nullable(
      v.object({
        microF1: interval,
        /** Over labels with enough rows to say. */
        macroF1Supported: interval,
        exactMatch: interval,
        rocAuc: v.nullable(share),
        seeds: v.pipe(v.number(), v.integer(), v.minValue(1)),
      }),
    ),
  ),
});

/** The figures of a recipe; null where there are none. @throws ValiError when the file is not as it should be */
export function figuresOf(id: RecipeId): RecipeFigures | null {
  const { data, how, recipes } = v.parse(schema, json);
  const figures = recipes[id] ?? null;
  return figures && { ...figures, data, how };
}
