/**
 * The training loop, as an async generator: batches, forward, backward, AdamW, and an evaluation after every epoch. It waits for the
 * device where losses are read (a few times a second) and two steps behind the one being recorded, nowhere else.
 */
import { dispose, tidy, zeros, type Rank, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { allocating, putOnDevice, recoverMemory } from '../kernels/allocation.ts';
import { keepAll, onWebGpu } from '../kernels/device.ts';
import { compileAhead, submit, submittedWorkDone } from '../kernels/webgpuProgram.ts';
import { writeAt } from '../kernels/writeAt.ts';
import { wordTable } from '../models/model.ts';
import type { Examples } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { AdamW } from './adamw.ts';
import { BatchGradients, type Gradients } from './batchGradients.ts';
import { epochBatches, stepsPerEpoch } from './batches.ts';
import { Clock } from './clock.ts';
import { checkTitles, type DeviceModel } from './deviceModel.ts';
import { nextTask } from './eventLoop.ts';
import type { LoopEvent } from './events.ts';
import { ClassificationLoss } from './loss.ts';
import { nothingAfter, type TrainerOptions } from './options.ts';
import { rateFactorOf } from './parameterGroups.ts';
import { learningRateAt, Plateau, type Schedule } from './schedule.ts';

/** Milliseconds between two step events. */
const reportInterval = 300;

/** One run of the loop over a model; `dispose` frees what it holds beside the model. */
export class TrainingRun {
  private readonly model: DeviceModel;
  private readonly options: TrainerOptions;
  private readonly train: Examples;
  private readonly validation: Examples;
  private readonly schedule: Schedule;
  private readonly plateau: Plateau | null;
  private readonly loss: ClassificationLoss;
  /** Those that are trained. */
  private readonly parameters: Record<string, Tensor>;
  /** What the learning rate of the embedding tables is multiplied by; null: they are frozen. */
  private readonly tableFactor: number | null;
  private readonly gradients: BatchGradients;
  private readonly optimiser: AdamW;
  /** Losses of the epoch's steps, on the device. */
  private readonly losses: Tensor1D;
  private readonly perEpoch: number;
  private step = 0;
  private readonly notices: string[] = [];
  /** Titles at a time with which a step was made again for want of memory. */
  private retriedWith = 0;
  private readonly clock: Clock;

  constructor(model: DeviceModel, options: TrainerOptions, train: Examples, validation: Examples) {
    this.model = model;
    this.options = options;
    this.train = train;
    this.validation = validation;
    const count = train.starts.length - 1;
    if (count === 0)
      throw new RungError('too-few-rows', 'Training was started without a single row.', 'Check the data screen.');
    const longest = Math.max(checkTitles(model.config, train), checkTitles(model.config, validation));
    model.loadRows(distinct(train.ids, validation.ids), longest);
    const { learningRate, warmup, plateau } = options;
    // The forward pass is a third of a step's work.
    this.clock = new Clock((validation.starts.length - 1) / options.batchSize / 3);
    this.perEpoch = stepsPerEpoch(count, options.batchSize);
    const totalSteps = this.perEpoch * options.epochs;
    this.schedule = { kind: options.schedule, learningRate, warmup, totalSteps };
    this.plateau = options.schedule === 'plateau' && plateau ? new Plateau(plateau.factor, plateau.patience) : null;
    const factorOf = (name: string): number | null => rateFactorOf(model.config, name, options);
    this.parameters = Object.fromEntries(
      Object.entries(model.trainingParameters()).filter(([name]) => factorOf(name) !== null),
    );
    this.tableFactor = factorOf(wordTable(model.config));
    const { loss = { kind: 'bce' }, labelSmoothing = 0, posWeight } = options;
    this.loss = new ClassificationLoss({ loss, labelSmoothing, posWeight }, train.labelCount);
    const trained = Object.keys(this.parameters);
    const { seed, batchSize, gradientAccumulation = 1 } = options;
    this.gradients = new BatchGradients(
      { model, loss: this.loss, train, trained, tablesTrained: this.tableFactor !== null, seed },
      Math.ceil(Math.min(batchSize, count) / gradientAccumulation),
    );
    try {
      this.loss.check(train);
      this.loss.check(validation);
      this.losses = keepAll(() => zeros<Rank.R1>([this.perEpoch]));
    } catch (thrown) {
      this.loss.dispose();
      throw thrown;
    }
    try {
      this.optimiser = new AdamW(this.parameters, options, (name) => factorOf(name) ?? 0);
    } catch (thrown) {
      dispose([this.losses, ...this.loss.tensors]);
      throw thrown;
    }
  }

  async *events(signal: AbortSignal, gate: () => Promise<void>): AsyncGenerator<LoopEvent, void> {
    const { batchSize, epochs, seed, after = nothingAfter } = this.options;
    const count = this.train.starts.length - 1;
    await this.prepare();
    yield* this.news();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let reportedSteps = 0;
      let titles = 0;
      let reportedTitles = 0;
      const epochStart = this.clock.seconds;
      let reported = epochStart;
      const inFlight: Promise<void>[] = [];
      const stepsBefore = this.step;
      for (const indices of epochBatches(count, batchSize, seed, epoch)) {
        await this.clock.pausedDuring(gate());
        if (signal.aborted) return;
        await this.trainOn(indices);
        yield* this.news();
        titles += indices.length;
        await this.letOthersIn(inFlight);
        const now = this.clock.seconds;
        this.clock.stepTaken();
        if ((now - reported) * 1000 < reportInterval) continue;
        const steps = this.step - stepsBefore;
        const loss = await this.meanLossOf(reportedSteps, steps);
        yield {
          type: 'step',
          step: this.step,
          epoch,
          loss,
          learningRate: this.rateOf(this.step - 1),
          titlesPerSecond: (titles - reportedTitles) / (now - reported),
          secondsLeft: this.clock.secondsFor(
            this.schedule.totalSteps - this.step + after.steps,
            epochs - epoch + 1 + after.evaluations,
          ),
        };
        reported = this.clock.seconds;
        reportedTitles = titles;
        reportedSteps = steps;
      }
      const trainLoss = await this.meanLossOf(0, this.perEpoch);
      const trained = this.clock.seconds;
      const { logits: validationLogits, loss: validationLoss } = await this.evaluate();
      this.clock.evaluated(this.clock.seconds - trained);
      const learningRate = this.rateOf(this.step - 1);
      this.plateau?.update(this.options.plateau?.score?.(validationLogits) ?? -validationLoss);
      yield {
        type: 'epoch',
        epoch,
        step: this.step,
        trainLoss,
        validationLoss,
        validationLogits,
        learningRate,
        titlesPerSecond: titles / (trained - epochStart),
        seconds: this.clock.seconds,
      };
    }
  }

  /** Rate of step `step`, counted from 0; after the last evaluation, where the schedule waits for a plateau. */
  private rateOf(step: number): number {
    return learningRateAt(this.schedule, step) * (this.plateau?.multiplier ?? 1);
  }

  /** What there is to tell since the last time. */
  private *news(): Generator<LoopEvent, void> {
    for (const message of this.notices.splice(0)) yield { type: 'notice', message };
  }

  /** Takes the memory that stays taken, and compiles the kernels of a step before the first, where that takes long. */
  private async prepare(): Promise<void> {
    if (!onWebGpu()) return;
    const all = Object.values(this.model.trainingParameters());
    await putOnDevice([...all, ...this.optimiser.tensors, ...this.loss.tensors, this.losses]);
    const count = Math.min(this.options.batchSize, this.train.starts.length - 1);
    const indices = Uint32Array.from({ length: count }, (_, i) => i);
    const rehearse = (): void =>
      tidy(() => {
        this.update(this.gradients.of(indices, 0));
      });
    await this.withinMemory(count, () => {
      const compiled = compileAhead(rehearse);
      // It is awaited only after the device has said whether there was memory.
      compiled.catch(() => null);
      return compiled;
    });
  }

  /** One step: records the work, and does not wait for it but where new memory is taken. */
  private async trainOn(indices: Uint32Array): Promise<void> {
    const gradients = await this.withinMemory(
      indices.length,
      () => this.gradients.of(indices, this.step),
      (failed) => dispose(failed),
    );
    try {
      tidy(() => this.update(gradients));
    } finally {
      dispose(gradients);
    }
    if (this.tableFactor !== null) {
      this.model.decayRows(this.optimiser.decayFactor(this.rateOf(this.step) * this.tableFactor));
    }
    this.step++;
    if (onWebGpu()) submit();
  }

  private update({ loss, byName }: Gradients): void {
    this.optimiser.step(this.parameters, byName, this.rateOf(this.step), this.step + 1);
    writeAt(this.losses, this.step % this.perEpoch, loss);
  }

  /**
   * Does work that reads `titles` titles; as long as there is no memory for it, again with half as many at a time. What it makes is good
   * when this resolves: parameters change only after that. @throws RungError `out-of-memory` when one title at a time is too much.
   */
  private async withinMemory<T>(titles: number, work: () => T, undo?: (failed: T) => void): Promise<Awaited<T>> {
    const { gradients } = this;
    const before = gradients.partTitles;
    for (;;) {
      let failed: { value: T } | null = null;
      try {
        const { value, settled } = allocating(work);
        failed = { value };
        if (settled) await settled;
        const made = await value;
        if (gradients.partTitles < before) this.notices.push(this.halvedText());
        return made;
      } catch (thrown) {
        if (failed) undo?.(failed.value);
        const shortage = await recoverMemory(thrown);
        const tried = Math.min(gradients.partTitles, titles);
        // The buffers that lay idle are free now, which may do; were they the trouble time and again, every step would be made twice.
        if (onWebGpu() && tried !== this.retriedWith) {
          this.retriedWith = tried;
          continue;
        }
        if (tried === 1) throw withoutRoom(shortage);
        gradients.partTitles = Math.ceil(tried / 2);
      }
    }
  }

  private halvedText(): string {
    const { partTitles } = this.gradients;
    const parts = `${partTitles} ${partTitles === 1 ? 'title' : 'titles'} at a time`;
    return `Memory ran out: from step ${this.step + 1} on each batch of ${this.options.batchSize} is read ${parts}. Its result stays the same; a step takes longer.`;
  }

  /** Waits until the device is at most two steps behind, and lets waiting messages in. */
  private async letOthersIn(inFlight: Promise<void>[]): Promise<void> {
    await nextTask();
    if (!onWebGpu()) return;
    inFlight.push(submittedWorkDone());
    if (inFlight.length > 2) await inFlight.shift();
  }

  /** Mean loss of the epoch's steps from `first` to `end`, summed in step order whatever was read before. */
  private async meanLossOf(first: number, end: number): Promise<number> {
    const losses = await this.losses.data<'float32'>();
    const mean = losses.subarray(first, end).reduce((sum, loss) => sum + loss, 0) / (end - first);
    if (!Number.isFinite(mean)) throw this.diverged(`the loss became ${mean}`);
    return mean;
  }

  /** Logits and loss of the validation titles: the only look at what the last update has done. */
  private async evaluate(): Promise<{ logits: Float32Array<ArrayBuffer>; loss: number }> {
    const logits = await this.model.logits(this.validation);
    const wrong = logits.find((logit) => !Number.isFinite(logit));
    if (wrong !== undefined) throw this.diverged(`a prediction for the validation titles became ${wrong}`);
    const loss = this.loss.mean(logits, this.validation);
    if (logits.length > 0 && !Number.isFinite(loss)) throw this.diverged(`the validation loss became ${loss}`);
    return { logits, loss };
  }

  private diverged(what: string): RungError {
    return new RungError(
      'training-diverged',
      `Training diverged: ${what} around step ${this.step} of ${this.schedule.totalSteps}.`,
      'Lower the learning rate (a tenth of it is a good try) or lengthen the warm-up, and train again.',
    );
  }

  dispose(): void {
    this.losses.dispose();
    this.loss.dispose();
    this.optimiser.dispose();
  }
}

function distinct(a: Int32Array, b: Int32Array): Set<number> {
  const ids = new Set(a);
  for (const id of b) ids.add(id);
  return ids;
}

function withoutRoom(cause: RungError): RungError {
  const message = `Training ran out of memory with one title at a time. ${cause.message}`;
  const hint = 'Choose a smaller model or fewer tokens a title, or close other pages that use the graphics card.';
  return new RungError('out-of-memory', message, hint, { cause });
}
