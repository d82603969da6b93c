import { describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import { recipes } from '../recipes/registry.ts';
import { defaultClassicalConfig } from '../shared/classical.ts';
import type { DataSettings } from '../shared/dataset.ts';
import { crossValidationOf } from '../shared/recipe.ts';
import { recipeIds, rungConfig } from '../shared/training.ts';
import { chooseRecipe, dataChange, defaultsOf, methodOfChoice, type RecipeChoice } from './recipeChoice.ts';

const [rung, single, distilbert, deberta, roberta, classical] = recipes;
const shipped = { kind: 'shipped', id: 'rung-mini' } as const;
const hub = { kind: 'hub', id: 'distilbert-base-uncased' } as const;
const first: RecipeChoice = {
  recipe: 'rung',
  config: rungConfig,
  classical: defaultClassicalConfig,
  foldPlan: null,
  prepare: true,
};

describe('recipes', () => {
  it('are all there, the default first and as the page starts', () => {
    expect(recipes.map(({ id }) => id)).toEqual(recipeIds);
    expect(chooseRecipe(rung, first)).toEqual(first);
  });

  it('keep the encoder and the device, at the rate that the encoder wants', () => {
    const before = { ...first, config: { ...first.config, encoder: hub, backend: 'wasm' as const, epochs: 50 } };
    const { config, foldPlan } = chooseRecipe(distilbert, before);
    expect(config).toMatchObject({ encoder: hub, backend: 'wasm', epochs: 3, batchSize: 4, learningRate: 2e-5 });
    expect(crossValidationOf(foldPlan, 7)).toEqual({ folds: 5, seeds: [7] });
    expect(defaultsOf(deberta, shipped)).toMatchObject({ batchSize: 16, epochs: 10, classWeights: 'inverse' });
    expect(defaultsOf(roberta, hub)).toMatchObject({ learningRate: 1e-5, maxTokens: 128, thresholds: 'half' });
    expect(defaultsOf(undefined, hub)).toMatchObject({ learningRate: 5e-5, ensembleFolds: 5 });
    expect(chooseRecipe(single, first).config.ensembleFolds).toBe(0);
  });

  it('without an encoder leave the settings of the others alone', () => {
    const changed = { ...first, config: { ...first.config, epochs: 50 } };
    const choice = chooseRecipe(classical, changed);
    expect(choice.config).toBe(changed.config);
    expect(methodOfChoice(choice)).toEqual({ kind: 'classical', config: defaultClassicalConfig });
    expect(methodOfChoice(first)).toEqual({ kind: 'finetune', config: first.config });
  });

  it('change the rows only as far as they care, and not when told not to', () => {
    const open: DataSettings = {
      roles: { title: 0, labels: null },
      unlabelled: { kind: 'none' },
      cleaning: { ...defaultCleaning, lowercase: true },
      filter: { invalidTitles: true, exactDuplicates: true },
    };
    expect(dataChange(rung, true, open)).toEqual({});
    expect(dataChange(distilbert, true, open)).toEqual({ unlabelled: { kind: 'label', name: 'Not Required' } });
    expect(dataChange(distilbert, false, open)).toEqual({});
    expect(dataChange(deberta, true, open)).toEqual({ unlabelled: { kind: 'drop' } });
    const cleaned = { ...deberta, data: { change: { cleaning: { symbols: true } }, text: '' } };
    expect(dataChange(cleaned, true, open)).toEqual({
      cleaning: { ...defaultCleaning, lowercase: true, symbols: true },
    });
  });
});
