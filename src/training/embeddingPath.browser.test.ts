/** Slopes along a path between titles, of every family: against differences of logits at points that a word table of their own holds. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussLegendre } from '../explain/gaussLegendre.ts';
import { completenessGoal, integrateGradients } from '../explain/integratedGradients.ts';
import { startBackend } from '../kernels/backend.ts';
import { parseModelConfig, wordTable, type ModelConfig } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { expectClose } from '../testing/close.ts';
import { modelFixture, modelFixtureNames, type ModelFixtureName } from '../testing/modelFixtures.ts';
import { examplesOf } from '../testing/parity.ts';
import { DeviceModel } from './deviceModel.ts';
import { alongPath } from './embeddingPath.ts';

interface Setting {
  config: ModelConfig;
  weights: NamedArrays;
  model: DeviceModel;
  ids: number[];
  /** The first and the last token stay, the others are the pad token. */
  from: number[];
}

async function setting(name: ModelFixtureName, longest: number): Promise<Setting> {
  const fixture = await modelFixture(name);
  const config = parseModelConfig(fixture.config);
  const weights = (await fixture.read('model'))!;
  const { ids: all, starts } = examplesOf(fixture.inputs.main);
  const whole = [...all.subarray(starts[0], starts[1])];
  const ids = whole.length > longest ? [...whole.slice(0, longest - 1), whole.at(-1)!] : whole;
  const from = ids.map((id, i) => (i === 0 || i === ids.length - 1 ? id : config.padTokenId));
  return { config, weights, model: new DeviceModel(config, weights), ids, from };
}

/**
 * The integral of each token's slope by differences of fourth order: every point is a title of words of its own, in a model whose word
 * table holds the moved vectors.
 */
async function pushesByDifferences({ config, weights, ids, from }: Setting, label: number, steps: number) {
  const { shape, data } = weights.get(wordTable(config))!;
  const H = shape[1];
  const row = (id: number): Float32Array => data.subarray(id * H, (id + 1) * H);
  const { points, weights: shares } = gaussLegendre(steps);
  // Small, as the head of DistilBERT has kinks: a difference across one is no slope.
  const reach = 0.004;
  const offsets = [-2, -1, 1, 2];
  const table: number[] = [];
  for (const alpha of points) {
    for (const moved of ids.keys()) {
      for (const offset of offsets) {
        for (const [token, id] of ids.entries()) {
          const at = alpha + (token === moved ? offset * reach : 0);
          for (let i = 0; i < H; i++) table.push(row(from[token])[i] + at * (row(id)[i] - row(from[token])[i]));
        }
      }
    }
  }
  const words = table.length / H;
  const wide = { ...config, vocabSize: words };
  const moved: NamedArrays = new Map(weights);
  moved.set(wordTable(config), { shape: [words, H], data: Float32Array.from(table) });
  const model = new DeviceModel(wide, moved);
  const n = ids.length;
  const titles = {
    ids: Int32Array.from({ length: words }, (_, i) => i),
    starts: Uint32Array.from({ length: words / n + 1 }, (_, i) => i * n),
  };
  const logits = await model.logits(titles);
  model.dispose();
  const at = (step: number, token: number, k: number): number =>
    logits[((step * n + token) * offsets.length + k) * config.labels + label];
  return ids.map((_, token) =>
    points.reduce((sum, _point, step) => {
      const [f0, f1, f2, f3] = offsets.map((_offset, k) => at(step, token, k));
      return sum + (shares[step] * (8 * (f2 - f1) - (f3 - f0))) / (12 * reach);
    }, 0),
  );
}

describe.each(['wasm', 'webgpu'] as const)('a path between titles on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each(modelFixtureNames)('has the slopes of %s', async (name) => {
    const made = await setting(name, 5);
    const { model, config, ids, from } = made;
    const label = config.labels - 1;
    const before = memory().numTensors;
    const { logits } = await alongPath(model, { ids, from, label }, Float64Array.of(0, 1));
    expect(memory().numTensors).toBe(before);
    const ends = await model.logits({
      ids: Int32Array.from([...from, ...ids]),
      starts: Uint32Array.of(0, ids.length, 2 * ids.length),
    });
    expectClose(logits, [ends[label], ends[config.labels + label]], 1e-5, 'logits at the ends');

    const { pushes, completenessError, steps } = await integrateGradients(ids.length, (alphas) =>
      alongPath(model, { ids, from, label }, alphas),
    );
    expect(completenessError).toBeLessThan(completenessGoal);
    expect([pushes[0], pushes.at(-1)]).toEqual([0, 0]);
    const largest = Math.max(...pushes.map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    const expected = await pushesByDifferences(made, label, steps);
    const tolerance = 2e-4 + (name === 'distilbert' ? 2e-3 : 0) * largest;
    expectClose(pushes, expected, tolerance, 'pushes');
    model.dispose();
  });

  it('is the same in parts as at once, longer than a batch too', async () => {
    const { model, ids, from } = await setting('bert', 64);
    const alphas = Float64Array.from({ length: 200 }, (_, i) => i / 199);
    expect(ids.length * alphas.length).toBeGreaterThan(1024);
    const whole = await alongPath(model, { ids, from, label: 0 }, alphas);
    for (const point of [0, 57, 199]) {
      const alone = await alongPath(model, { ids, from, label: 0 }, alphas.subarray(point, point + 1));
      expectClose(alone.logits, whole.logits.subarray(point, point + 1), 1e-6, 'logit');
      expectClose(alone.slopes, whole.slopes.subarray(point * ids.length, (point + 1) * ids.length), 1e-6, 'slopes');
    }
    model.dispose();
  });

  it('is of one token too, and of no other length than the title', async () => {
    const { model, ids } = await setting('distilbert', 5);
    const one = await alongPath(model, { ids: [ids[1]], from: [ids[2]], label: 0 }, Float64Array.of(0.5));
    expect(one.slopes.length).toBe(1);
    expect(Number.isFinite(one.slopes[0])).toBe(true);
    await expect(alongPath(model, { ids, from: [1], label: 0 }, Float64Array.of(1))).rejects.toThrow(/to start from/);
    await expect(
      alongPath(model, { ids: [model.config.vocabSize], from: [0], label: 0 }, Float64Array.of(1)),
    ).rejects.toMatchObject({ code: 'weights-mismatch' });
    model.dispose();
  });
});
