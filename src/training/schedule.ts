/** Learning-rate schedules, as Hugging Face transformers' `get_scheduler` counts them: step 0 of a warm-up has rate 0. */
export interface Schedule {
  kind: 'linear' | 'cosine' | 'constant';
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
