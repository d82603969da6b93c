/** How fast something comes, over the last few seconds. */
const windowMilliseconds = 5000;
/** Too short a time says nothing. */
const leastMilliseconds = 500;

export class Rate {
  private readonly amounts: { amount: number; time: number }[] = [];
  private startedAt: number | null = null;

  /** `time` in milliseconds of any clock. */
  add(amount: number, time: number): void {
    this.startedAt ??= time;
    this.amounts.push({ amount, time });
    this.forget(time);
  }

  /** Null until it can be told. */
  perSecond(time: number): number | null {
    this.forget(time);
    if (this.startedAt === null) return null;
    const span = Math.min(time - this.startedAt, windowMilliseconds);
    if (span < leastMilliseconds) return null;
    const sum = this.amounts.reduce((total, { amount }) => total + amount, 0);
    return sum === 0 ? null : (sum / span) * 1000;
  }

  private forget(time: number): void {
    while (this.amounts.length > 0 && this.amounts[0].time < time - windowMilliseconds) this.amounts.shift();
  }
}
