import { expect, it } from 'vitest';
import { keptWeights } from './keptWeights.ts';

const step = { step: 1200, epoch: 1, loss: 0.4, learningRate: 1e-3, titlesPerSecond: 250, secondsLeft: null };

it.each([
  [{ bestEpoch: 3, steps: [step], members: 1 }, 'the weights of epoch 3'],
  [{ bestEpoch: 18, steps: [step], members: 3 }, 'the weights of 3 models, whose answers are averaged'],
  [{ bestEpoch: null, steps: [step], members: 1 }, 'the weights as they stood after about step 1\u202f200'],
  [{ bestEpoch: null, steps: [], members: 1 }, 'the weights as they stood at its first steps'],
])('%j: %s', (run, words) => expect(keptWeights(run)).toBe(words));
