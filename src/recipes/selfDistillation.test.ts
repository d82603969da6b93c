import { expect, it } from 'vitest';
import { foldModelCount, foldModelSteps } from '../shared/epochs.ts';
import { mixedTargets } from './selfDistillation.ts';

it('mixes the answers into the labels, and leaves rows that have none as they are', () => {
  const labels = Uint8Array.of(1, 0, 0, 1, 1, 1);
  const outOfFold = {
    positions: [0, 2],
    actual: Uint8Array.of(1, 0, 1, 1),
    probabilities: Float32Array.of(0.5, 0.25, 1, 0),
  };
  expect(Array.from(mixedTargets(labels, outOfFold, 0.5))).toEqual([0.75, 0.125, 0, 1, 1, 0.5]);
  expect(Array.from(mixedTargets(labels, outOfFold, 0))).toEqual(Array.from(labels));
  expect(Array.from(mixedTargets(labels, outOfFold, 1))).toEqual([0.5, 0.25, 0, 1, 1, 0]);
});

it('counts fold models and their steps; none on few rows', () => {
  expect(foldModelCount({ distillationFolds: 3, ensembleFolds: 0 }, 59)).toBe(0);
  expect(foldModelCount({ distillationFolds: 3, ensembleFolds: 0 }, 60)).toBe(3);
  expect(foldModelCount({ distillationFolds: 0, ensembleFolds: 0 }, 1000)).toBe(0);
  // Models that are averaged take their place.
  expect(foldModelCount({ distillationFolds: 3, ensembleFolds: 3 }, 1000)).toBe(0);
  expect(foldModelSteps({ distillationFolds: 3, ensembleFolds: 0, epochs: 2, batchSize: 32 }, 960)).toBe(3 * 2 * 20);
  expect(foldModelSteps({ distillationFolds: 0, ensembleFolds: 0, epochs: 2, batchSize: 32 }, 960)).toBe(0);
});
