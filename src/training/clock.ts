/** Time that counts in a run (pauses are left out), and the estimate of what is left. */
export class Clock {
  private readonly evaluationSteps: number;
  private readonly now: () => number;
  private readonly started: number;
  private paused = 0;
  private steps = 0;
  private firstStep = 0;
  private lastEvaluation: number | null = null;
  private evaluations = 0;

  /** @param evaluationSteps how many steps an evaluation is worth, until one is timed @param now milliseconds */
  constructor(evaluationSteps = 0, now: () => number = () => performance.now()) {
    this.evaluationSteps = evaluationSteps;
    this.now = now;
    this.started = now();
  }

  /** Since the start. */
  get seconds(): number {
    return (this.now() - this.started - this.paused) / 1000;
  }

  async pausedDuring(gate: Promise<void>): Promise<void> {
    const from = this.now();
    await gate;
    this.paused += this.now() - from;
  }

  stepTaken(): void {
    // The first step compiles the kernels and says nothing about the others.
    if (this.steps++ === 0) this.firstStep = this.seconds;
  }

  /** An evaluation took so long. */
  evaluated(seconds: number): void {
    this.lastEvaluation = seconds;
    this.evaluations += seconds;
  }

  /** Estimate for so many steps and evaluations; null before the third step. */
  secondsFor(steps: number, evaluations: number): number | null {
    if (this.steps < 3) return null;
    const training = this.seconds - this.firstStep - this.evaluations;
    const step = training / (this.steps - 1);
    return step * steps + (this.lastEvaluation ?? step * this.evaluationSteps) * evaluations;
  }
}
