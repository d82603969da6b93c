/** What is left of a training that loses its device: the epoch kept last, which can be downloaded, predicted with and trained on. */
import { describe, expect, it, vi } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import { startBackend } from '../kernels/backend.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import { readEncoder, withHead, type Encoder } from '../recipes/encoder.ts';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { oneModelConfig, type FinetunedRun, type TrainingEvent } from '../shared/training.ts';
import { createPredictor } from '../training/trainer.ts';
import type { Encoders } from './encoders.ts';
import { LiveTraining } from './live.ts';
import { RunArchive } from './runArchive.ts';
import type { TrainingRequest } from './protocol.ts';
import { runTraining } from './runTraining.ts';

const labelNames = ['Director', 'Staff'];
const words =
  'Sales Finance Marketing Nursing Logistics Research Security Payroll Design Quality Training Housing'.split(' ');

function dataset(): Dataset {
  const titles = words.flatMap((word) =>
    words.flatMap((other) => [`Director ${word} ${other}`, `Clerk ${word} ${other}`]),
  );
  return {
    name: 'rule',
    titles: packStrings(titles),
    labelNames,
    labels: Uint8Array.from(titles.flatMap((title) => (title.startsWith('Director') ? [1, 0] : [0, 1]))),
    rowNumbers: Uint32Array.from(titles.keys()),
    groups: Uint32Array.from(titles.keys()),
    cleaning: defaultCleaning,
    unlabelled: { kind: 'drop' },
    fingerprint: '0',
  };
}

async function shippedFile(name: string): Promise<Blob> {
  return (await fetch(`/models/rung-mini/${name}`)).blob();
}

/** One small layer with the shipped tokenizer. */
async function tinyEncoder(): Promise<Encoder> {
  const shipped = JSON.parse(await (await shippedFile('config.json')).text()) as Record<string, unknown>;
  const json = { ...shipped, n_layers: 1, n_heads: 2, dim: 16, hidden_dim: 32, initializer_range: 0.1 };
  const weights = initialParameters(parseModelConfig(json), 3);
  return readEncoder(
    new Map([
      ['config.json', new Blob([JSON.stringify(json)])],
      ['tokenizer.json', await shippedFile('tokenizer.json')],
      ['tokenizer_config.json', await shippedFile('tokenizer_config.json')],
      ['model.safetensors', new Blob([writeSafetensors(weights, { dtype: 'F32' })])],
    ]),
  );
}

/** The device that is handed out next; its loss looks like one by the driver, where `destroy` alone would be one on purpose. */
function watchDevice(): { current: GPUDevice | null } {
  const watched: { current: GPUDevice | null } = { current: null };
  const requestAdapter = navigator.gpu.requestAdapter.bind(navigator.gpu);
  vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(async (wanted) => {
    const adapter = await requestAdapter(wanted);
    if (!adapter) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    return Object.assign(adapter, {
      requestDevice: async (given?: GPUDeviceDescriptor) => {
        const device = await requestDevice(given);
        const lost = device.lost.then(() => ({ reason: 'unknown', message: 'driver reset' }));
        Object.defineProperty(device, 'lost', { value: lost });
        watched.current = device;
        return device;
      },
    });
  });
  return watched;
}

describe('a training that loses its device', () => {
  it('fails as such, and the epoch that was kept stays', async () => {
    const watched = watchDevice();
    const device = await startBackend('webgpu', location.href);
    const encoder = await tinyEncoder();
    const encoders = { load: async () => encoder, list: async () => [] } as unknown as Encoders;
    const archive = await RunArchive.open(() => undefined);
    const config = {
      ...oneModelConfig,
      encoder: { kind: 'dropped', id: 'tiny' } as const,
      epochs: 6,
      minimumSteps: 0,
      learningRate: 1e-2,
      earlyStoppingPatience: null,
    };
    const events: TrainingEvent[] = [];
    const live = new LiveTraining(crypto.randomUUID(), (event) => events.push(event));
    const onEvent = (event: TrainingEvent): void => {
      events.push(event);
      if (event.type === 'epoch' && event.record.epoch === 3) watched.current!.destroy();
    };
    const request: TrainingRequest = {
      dataset: dataset(),
      recipe: 'rung',
      method: { kind: 'finetune', config },
      crossValidation: null,
      version: '0',
      name: 'Lost',
      persist: true,
    };
    const around = { encoders, archive, startDevice: async () => device, live, onEvent };
    await expect(runTraining(request, around)).rejects.toMatchObject({ code: 'device-lost' });

    const run = await archive.get(live.id);
    if (run.kind !== 'finetune') throw new Error(`expected a fine-tuned run, got ${run.kind}`);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'device-lost' }, test: null });
    expect(run.epochs.length).toBe(3);
    const kept = events.findLast((event) => event.type === 'epoch' && event.kept);
    expect(kept).toMatchObject({ record: { epoch: run.bestEpoch } });
    await sameAsKept(run, archive);
    await archive.delete(live.id);
    await archive.forgetDeleted();
  });
});

/** The folder that is downloaded predicts on a new device as the kept epoch did on its validation rows. */
async function sameAsKept(run: FinetunedRun, archive: RunArchive): Promise<void> {
  await startBackend('webgpu', location.href);
  const kept = await readEncoder(await archive.files(run.id));
  expect(kept.labelNames).toEqual(labelNames);
  const { architecture, weights } = withHead(kept, labelNames.length, { keepHead: true, seed: 0, dropout: 0 });
  const predictor = createPredictor(architecture, weights);
  const logits = await predictor.logits(kept.tokenizer.encodeMany(['Director Sales Design', 'Clerk Payroll'], 64));
  predictor.dispose();
  const { thresholds } = run;
  const held = Array.from(logits, (logit, i) => 1 / (1 + Math.exp(-logit)) >= thresholds[i % labelNames.length]);
  expect(held).toEqual([true, false, false, true]);
  expect(run.validation?.probabilities.length).toBe(run.plan.validationRows * labelNames.length);
  // And it can be trained on: a new head for other labels.
  expect(withHead(kept, 5, { keepHead: false, seed: 0, dropout: 0.1 }).weights.get('classifier.weight')?.shape).toEqual(
    [5, 16],
  );
}
