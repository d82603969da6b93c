import { expect, it } from 'vitest';
import { keptWeights } from './keptWeights.ts';

const step = { step: 1200, epoch: 1, loss: 0.4, learningRate: 1e-3, titlesPerSecond: 250, secondsLeft: null };

it.each([
  [{ bestEpoch: 3, steps: [step] }, 'the weights of epoch 3'],
  [{ bestEpoch: null, steps: [step] }, 'the weights as they stood after about step 1\u202f200'],
  [{ bestEpoch: null, steps: [] }, 'the weights as they stood at its first steps'],
])('%j: %s', (run, words) => expect(keptWeights(run)).toBe(words));
