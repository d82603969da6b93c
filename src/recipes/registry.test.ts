import { describe, expect, it } from 'vitest';
import { recipeIds } from '../shared/training.ts';
import { figuresOf } from './figures.ts';
import figures from './figures.json' with { type: 'json' };
import { recipes } from './registry.ts';

describe('the recipes', () => {
  it('carry the ids that runs keep, each once', () => {
    expect(recipes.map(({ id }) => id)).toEqual(recipeIds);
  });

  it('have a place for their figures, and show what stands there', () => {
    expect(Object.keys(figures.recipes).toSorted()).toEqual([...recipeIds].toSorted());
    for (const { id, figures: shown } of recipes) {
      expect(shown ?? null).toEqual(figuresOf(id));
      if (!shown) continue;
      for (const { value, low, high } of [shown.microF1, shown.macroF1Supported, shown.exactMatch]) {
        expect(low).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(high);
      }
    }
  });

  it('start from settings of their originals', () => {
    const configs = Object.fromEntries(
      recipes.flatMap(({ id, method }) => (method.kind === 'finetune' ? [[id, method.config]] : [])),
    );
    expect(configs.rung).toEqual({ ...configs['rung-single'], ensembleFolds: 5 });
    expect(configs['distilbert-5fold']).toMatchObject({ batchSize: 4, epochs: 3, minimumSteps: 0, loss: 'bce' });
    expect(configs['deberta-weighted']).toMatchObject({
      batchSize: 16,
      epochs: 10,
      minimumSteps: 0,
      weightDecay: 0.01,
      classWeights: 'inverse',
      bestBy: 'microF1',
      earlyStoppingPatience: 2,
      normalisation: { steps: ['symbols', 'separators'] },
    });
    expect(configs['roberta-normalised']).toMatchObject({
      batchSize: 32,
      maxTokens: 128,
      minimumSteps: 0,
      schedule: 'plateau',
      bestBy: 'microF1',
      thresholds: 'half',
    });
    expect(recipes.map(({ learningRates }) => learningRates?.published)).toEqual([
      5e-5,
      5e-5,
      2e-5,
      2e-5,
      1e-5,
      undefined,
    ]);
  });
});
