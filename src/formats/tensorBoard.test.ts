import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { CrossValidatedRun } from '../shared/training.ts';
import { testRecord } from '../testing/runRecord.ts';
import { eventFile } from './tensorBoard.ts';

interface Read {
  wallTime: number;
  step: number;
  version: string | null;
  tag: string | null;
  value: number | null;
}

/** The bits in reverse order. */
function flip(value: bigint, width: number): bigint {
  return BigInt(`0b${value.toString(2).padStart(width, '0').split('').toReversed().join('')}`);
}

/** CRC-32C by polynomial division over bits, most significant first: shares nothing with the writer's. */
function checksum(bytes: Uint8Array): bigint {
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= flip(BigInt(byte), 8) << 24n;
    for (let bit = 0; bit < 8; bit++)
      rest = rest & 0x80000000n ? ((rest << 1n) ^ 0x11edc6f41n) & 0xffffffffn : rest << 1n;
  }
  const crc = flip(rest ^ 0xffffffffn, 32);
  return (((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn;
}

/** The messages of TensorFlow's event.proto and summary.proto, as far as scalars need them, read by protobufjs. */
const Event = parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; }
  }
  message Summary {
    message Value { string tag = 1; oneof value { float simple_value = 2; } }
    repeated Value value = 1;
  }`).root.lookupType('Event');

interface Decoded {
  wallTime: number;
  step?: number;
  fileVersion?: string;
  summary?: { value: { tag: string; simpleValue: number }[] };
}

/** Reads as the format says, both checksums of every record compared. */
function readEvents(file: Uint8Array): Read[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const events: Read[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    if (BigInt(view.getUint32(at + 8, true)) !== checksum(file.subarray(at, at + 8))) throw new Error('length damaged');
    const data = file.subarray(at + 12, at + 12 + length);
    if (BigInt(view.getUint32(at + 12 + length, true)) !== checksum(data)) throw new Error('data damaged');
    at += 16 + length;
    const { wallTime, step, ...what } = Event.toObject(Event.decode(data), { longs: Number }) as Decoded;
    const scalar = what.summary?.value[0];
    expect(what.summary?.value.length ?? 1).toBe(1);
    events.push({
      wallTime,
      step: step ?? 0,
      version: what.fileVersion ?? null,
      tag: scalar?.tag ?? null,
      value: scalar?.simpleValue ?? null,
    });
  }
  return events;
}

const run = testRecord({
  steps: [
    { step: 10, epoch: 1, loss: 0.5, learningRate: 1e-4, titlesPerSecond: 900, secondsLeft: 12 },
    { step: 41, epoch: 2, loss: 0.25, learningRate: 5e-5, titlesPerSecond: 950, secondsLeft: 3 },
  ],
  data: { ...testRecord().data, labelNames: ['Director', 'Manager / Lead', 'Owner'] },
});
const began = run.createdAt / 1000;

describe('the event file of a run', () => {
  const events = readEvents(eventFile(run));

  it('begins with the version that TensorBoard looks for', () => {
    expect(events[0]).toEqual({ wallTime: began, step: 0, version: 'brain.Event:2', tag: null, value: null });
    expect(events.slice(1).every(({ version }) => version === null)).toBe(true);
  });

  it('holds every scalar of steps and epochs in the order of steps, each at its time', () => {
    const found = events.slice(1).map(({ tag, step, value }) => [tag, step, value]);
    const single = Math.fround;
    expect(found).toEqual([
      ['loss/train', 10, 0.5],
      ['rate/learning_rate', 10, single(1e-4)],
      ['rate/titles_per_second', 10, 900],
      ['loss/train_epoch', 31, single(0.4)],
      ['loss/validation', 31, single(0.3)],
      ['f1/micro', 31, single(0.8)],
      ['f1/macro', 31, single(0.7)],
      ['f1_of_label/Director', 31, single(0.9)],
      ['f1_of_label/Manager - Lead', 31, single(0.8)],
      ['loss/train', 41, 0.25],
      ['rate/learning_rate', 41, single(5e-5)],
      ['rate/titles_per_second', 41, 950],
    ]);
    const seconds = events.map(({ wallTime }) => wallTime - began);
    expect(seconds[1]).toBeCloseTo((10 / 31) * 2, 6);
    expect(seconds[4]).toBeCloseTo(2, 6);
    expect(seconds[10]).toBeCloseTo(17.4, 6);
  });

  it('gives averaged models tags of their own, the models in the order of their training', () => {
    const averaged = { ...run, members: 2, memberStarts: [1] };
    const tags = readEvents(eventFile(averaged)).map(({ tag, step }) => [tag, step]);
    expect(tags).toContainEqual(['loss/train, model 1', 10]);
    expect(tags).toContainEqual(['f1/micro, model 1', 31]);
    expect(tags).toContainEqual(['loss/train, model 2', 41]);
    expect(tags.some(([tag]) => tag === 'loss/train')).toBe(false);
  });

  it('is found damaged by its checksums where a bit has turned', () => {
    const file = eventFile(run);
    for (const at of [0, 20, file.length - 6]) {
      const damaged = file.slice();
      damaged[at] ^= 1;
      expect(() => readEvents(damaged)).toThrow(/damaged/);
    }
  });

  it('is refused for a run without steps and epochs', () => {
    const folded: CrossValidatedRun = {
      ...testRecord(),
      kind: 'cross-validation',
      method: { kind: 'finetune', config: run.config },
      crossValidation: { folds: 2, seeds: [1] },
      folds: [],
    };
    expect(() => eventFile(folded)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

/** Any Python that has the tensorboard package: RUNG_PYTHON names it where it is not the usual one. */
const python = process.env.RUNG_PYTHON ?? 'python3';
const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]).Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;

it.skipIf(!hasTensorBoard)(
  'is read by TensorBoard itself (skipped where Python has no tensorboard)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'rung-events-'));
    writeFileSync(join(folder, 'events.out.tfevents.1.test'), eventFile(run));
    const { stdout, stderr, status } = spawnSync(python, ['-c', reader, folder], { encoding: 'utf8' });
    expect({ status, failed: status === 0 ? '' : stderr }).toEqual({ status: 0, failed: '' });
    const read = JSON.parse(stdout) as Record<string, [number, number][]>;
    expect(Object.keys(read).toSorted()).toEqual(
      [...new Set(readEvents(eventFile(run)).flatMap(({ tag }) => tag ?? []))].toSorted(),
    );
    expect(read['loss/train']).toEqual([
      [10, 0.5],
      [41, 0.25],
    ]);
  },
  60_000,
);
