/** Learning-rate schedules, as Hugging Face transformers' `get_scheduler` counts them: step 0 of a warm-up has rate 0. */

/** 'plateau' stays constant but for what `Plateau` takes off. */
export type ScheduleKind = 'linear' | 'cosine' | 'constant' | 'plateau';

export interface Schedule {
  kind: ScheduleKind;
  /** Peak. */
  learningRate: number;
  /** Share of all steps in which the rate rises from 0. */
  warmup: number;
  totalSteps: number;
}

/** Rate of step `step`, counted from 0. */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { kind, learningRate, totalSteps } = schedule;
  const warmupSteps = Math.ceil(schedule.warmup * totalSteps);
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  if (kind === 'linear') return learningRate * Math.max(0, 1 - progress);
  if (kind === 'cosine') return learningRate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
  return learningRate;
}

/** A rise by less than this share does not count, as in torch. */
const threshold = 1e-4;

/** Lowers the learning rate when a score has stopped rising, as torch's ReduceLROnPlateau (mode 'max'). */
export class Plateau {
  /** What the rate is multiplied by. */
  multiplier = 1;
  private readonly factor: number;
  private readonly patience: number;
  private best = -Infinity;
  private waited = 0;

  /** @param patience scores without a rise that are let pass. */
  constructor(factor: number, patience: number) {
    this.factor = factor;
    this.patience = patience;
  }

  /** Takes the score of one more epoch. */
  update(score: number): void {
    if (this.best === -Infinity || score > this.best + threshold * Math.abs(this.best)) {
      this.best = score;
      this.waited = 0;
      return;
    }
    this.waited++;
    if (this.waited <= this.patience) return;
    this.multiplier *= this.factor;
    this.waited = 0;
  }
}
