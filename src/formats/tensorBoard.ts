/**
 * What a run reported while it was fine-tuned as an event file of TensorBoard: TFRecords
 * (https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details") of `Event` messages (tensorflow/core/util/event.proto)
 * with one scalar each (`Summary.Value.simple_value` of tensorflow/core/framework/summary.proto).
 */
import { modelOfEpoch } from '../shared/curveParts.ts';
import { RungError } from '../shared/errors.ts';
import type { FinetunedRun, RunRecord } from '../shared/training.ts';
import { maskedCrc32c } from './crc32c.ts';
import { joined, Message } from './onnx/message.ts';

interface Scalar {
  /** What stands before the first slash groups charts. */
  tag: string;
  step: number;
  /** Since the start of the run. */
  seconds: number;
  value: number;
}

/** Field numbers of the messages that are written. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const summaryValue = 1;
const value = { tag: 1, simpleValue: 2 };

/** The file; it must be named `events.out.tfevents.…` to be found. @throws RungError `not-found` for a run that was not fine-tuned */
export function eventFile(run: RunRecord): Uint8Array<ArrayBuffer> {
  if (run.kind !== 'finetune') {
    const message = `Writing “${run.name}” for TensorBoard: only what is fine-tuned reports steps and epochs.`;
    throw new RungError('not-found', message, 'Choose a run that was fine-tuned on one split.');
  }
  const began = run.createdAt / 1000;
  const records = [new Message().double(event.wallTime, began).text(event.fileVersion, 'brain.Event:2')];
  for (const { tag, step, seconds, value: simpleValue } of scalars(run)) {
    const inner = new Message().text(value.tag, tag).float(value.simpleValue, simpleValue);
    const summary = new Message().message(summaryValue, inner);
    records.push(
      new Message()
        .double(event.wallTime, began + seconds)
        .integer(event.step, step)
        .message(event.summary, summary),
    );
  }
  return joined(records.map((record) => framed(record.toBytes())));
}

/** A record with its length before it, both followed by their checksums; little-endian. */
function framed(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}

/** All that the run reported, by step, averaged models each under tags of its own; what could not be told (no row carries the label) is not there. */
function scalars(run: FinetunedRun): Scalar[] {
  const found: Scalar[] = [];
  const at = clockOf(run);
  const { memberStarts } = run;
  const ofModel = (tag: string, epoch: number): string =>
    memberStarts.length === 0 ? tag : `${tag}, model ${modelOfEpoch(epoch, memberStarts) + 1}`;
  for (const { step, epoch, loss, learningRate, titlesPerSecond } of run.steps) {
    const seconds = at(step);
    found.push(
      { tag: ofModel('loss/train', epoch), step, seconds, value: loss },
      { tag: ofModel('rate/learning_rate', epoch), step, seconds, value: learningRate },
      { tag: ofModel('rate/titles_per_second', epoch), step, seconds, value: titlesPerSecond },
    );
  }
  for (const record of run.epochs) {
    const { step, seconds } = record;
    const add = (tag: string, figure: number | null): void => {
      if (figure !== null) found.push({ tag: ofModel(tag, record.epoch), step, seconds, value: figure });
    };
    add('loss/train_epoch', record.trainLoss);
    add('loss/validation', record.validationLoss);
    add('f1/micro', record.microF1);
    add('f1/macro', record.macroF1);
    for (const [label, f1] of record.perLabelF1.entries()) add(`f1_of_label/${partOf(run.data.labelNames[label])}`, f1);
  }
  return found.toSorted((a, b) => a.step - b.step);
}

/** A slash in a name would make a group of its own. */
function partOf(name: string): string {
  return name.replaceAll('/', '-');
}

/** Seconds at a step: steps are not timed one by one, so evenly between the ends of epochs. */
function clockOf({ epochs, steps, seconds }: FinetunedRun): (step: number) => number {
  const marks = [{ step: 0, seconds: 0 }, ...epochs];
  const last = steps.at(-1)?.step ?? 0;
  if (last > marks[marks.length - 1].step) marks.push({ step: last, seconds });
  return (step) => {
    const next = marks.findIndex((mark) => mark.step >= step);
    if (next <= 0) return next === 0 ? 0 : seconds;
    const [before, after] = [marks[next - 1], marks[next]];
    const share = (step - before.step) / (after.step - before.step);
    return before.seconds + share * (after.seconds - before.seconds);
  };
}
