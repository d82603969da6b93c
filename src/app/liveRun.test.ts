import { describe, expect, it } from 'vitest';
import type { LiveRun } from '../shared/live.ts';
import { defaultSearchPlan } from '../shared/search.ts';
import { oneModelConfig, type EpochRecord, type TrainingConfig, type TrainingPlan } from '../shared/training.ts';
import { estimateOf, liveAfter } from './liveRun.ts';

const fresh: LiveRun = {
  method: 'finetune',
  crossValidation: null,
  search: null,
  secondsLeft: null,
  trials: [],
  chosen: [],
  name: 'Run 1',
  status: 'preparing',
  message: 'Preparing',
  fraction: null,
  plan: null,
  steps: [],
  epochs: [],
  bestEpoch: null,
  member: null,
  memberStarts: [],
  notices: [],
};
const plan: TrainingPlan = {
  runId: 'a',
  labelNames: ['x'],
  trainRows: 80,
  validationRows: 10,
  testRows: 10,
  stepsPerEpoch: 3,
  totalSteps: 6,
  device: { backend: 'wasm', name: '', software: false, threads: 1, explanation: '' },
};
const step = (number: number) => ({
  step: number,
  epoch: 1,
  loss: 1,
  learningRate: 1,
  titlesPerSecond: 1,
  secondsLeft: 1,
});
const epoch: EpochRecord = {
  epoch: 1,
  step: 3,
  trainLoss: 1,
  validationLoss: 1,
  microF1: 0.5,
  macroF1: 0.5,
  perLabelF1: [0.5],
  learningRate: 1,
  titlesPerSecond: 1,
  seconds: 1,
};

describe('liveAfter', () => {
  it('follows a search for settings: each training begins anew, trials gather, nothing is finishing', () => {
    const settings = { learningRate: 1e-3, layerDecay: 1, epochs: 2, loss: 'bce', dropout: 0, batchSize: 8 } as const;
    const step2 = { type: 'search-step', number: 2, settings, round: 1, fold: 1, fraction: 0.25, part: 0.25 } as const;
    const record = { number: 1, settings, round: 1, share: 1, score: 0.5, seconds: 3 };
    let live: LiveRun = { ...fresh, search: { plan: defaultSearchPlan, current: null, done: [] } };
    live = liveAfter(live, { type: 'started', plan });
    live = liveAfter(live, { type: 'epoch', record: epoch, kept: 1 });
    live = liveAfter(live, { type: 'phase', message: 'Measuring', fraction: null });
    expect(live.status).toBe('running');
    live = liveAfter(live, { type: 'search-trial', record });
    live = liveAfter(live, step2);
    expect(live).toMatchObject({ epochs: [], steps: [], bestEpoch: null });
    expect(live.search).toMatchObject({ done: [record], current: { number: 2, fraction: 0.25, settings } });
  });

  it('runs from preparation through epochs to finishing', () => {
    let live = liveAfter(fresh, { type: 'phase', message: 'Loading the encoder', fraction: 0.5 });
    expect(live).toMatchObject({ status: 'preparing', message: 'Loading the encoder', fraction: 0.5 });
    live = liveAfter(live, { type: 'started', plan });
    expect(live).toMatchObject({ status: 'running', message: null, plan });
    live = liveAfter(live, { type: 'phase', message: 'Compiling', fraction: null });
    expect(live.status).toBe('running');
    live = liveAfter(live, { type: 'epoch', record: epoch, kept: 1 });
    live = liveAfter(live, { type: 'epoch', record: { ...epoch, epoch: 2 }, kept: null });
    expect(live).toMatchObject({ bestEpoch: 1, epochs: [{ epoch: 1 }, { epoch: 2 }] });
    const finishing = liveAfter(live, { type: 'phase', message: 'Measuring', fraction: null });
    expect(finishing.status).toBe('finishing');
    expect(liveAfter(finishing, { type: 'step', record: step(9) }).status).toBe('running');
  });

  it('pauses, resumes and keeps notices in order', () => {
    const paused = liveAfter({ ...fresh, status: 'running' }, { type: 'paused' });
    expect(paused.status).toBe('paused');
    expect(liveAfter(paused, { type: 'resumed' }).status).toBe('running');
    const noticed = liveAfter(liveAfter(paused, { type: 'notice', message: 'a' }), { type: 'notice', message: 'b' });
    expect(noticed.notices).toEqual(['a', 'b']);
  });

  it('says which of several models is trained, until the next fold', () => {
    const first = liveAfter(fresh, { type: 'member', number: 1, of: 3 });
    expect(first.memberStarts).toEqual([]);
    const second = liveAfter({ ...first, epochs: [{ ...epoch, epoch: 4 }] }, { type: 'member', number: 2, of: 3 });
    expect(second).toMatchObject({ member: { number: 2, of: 3 }, memberStarts: [4] });
    const nextFold = liveAfter(second, { type: 'fold', seed: 42, fold: 2 });
    expect(nextFold).toMatchObject({ member: null, memberStarts: [] });
  });

  it('thins the steps of a long run but keeps the newest', () => {
    let live = fresh;
    for (let i = 1; i <= 2001; i++) live = liveAfter(live, { type: 'step', record: step(i) });
    expect(live.steps.length).toBe(1000);
    for (let i = 2002; i <= 2003; i++) live = liveAfter(live, { type: 'step', record: step(i) });
    expect(live.steps.at(-1)?.step).toBe(2003);
  });
});

describe('estimateOf', () => {
  const config: TrainingConfig = {
    ...oneModelConfig,
    encoder: { kind: 'shipped', id: 'a' },
    epochs: 2,
    minimumSteps: 0,
  };

  it('adds training, validation and the final report', () => {
    const measured = { secondsPerTitle: 0.01, secondsPerTitleForward: 0.002, bytes: 5 };
    const estimate = estimateOf(measured, 1000, config);
    expect(estimate?.seconds).toBeCloseTo(2 * (0.01 * 800 + 0.002 * 100) + 0.002 * 200, 9);
    expect(estimate?.bytes).toBe(5);
  });

  it('adds fold models, which together see every row one time less than there are of them', () => {
    const measured = { secondsPerTitle: 0.01, secondsPerTitleForward: 0, bytes: 5 };
    const estimate = estimateOf(measured, 1000, { ...config, distillationFolds: 3 });
    expect(estimate?.seconds).toBeCloseTo(3 * 2 * 0.01 * 800, 9);
  });

  it('counts models that are averaged: together they see every row one time less than there are of them', () => {
    const measured = { secondsPerTitle: 0.01, secondsPerTitleForward: 0, bytes: 5 };
    const estimate = estimateOf(measured, 1000, { ...config, ensembleFolds: 4, distillationFolds: 3 });
    expect(estimate?.seconds).toBeCloseTo(3 * 2 * 0.01 * 900, 9);
  });

  it('says nothing before the device was measured', () => {
    expect(estimateOf(null, 1000, config)).toBeNull();
  });
});
