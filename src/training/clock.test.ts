import { describe, expect, it } from 'vitest';
import { Clock } from './clock.ts';

describe('the time of a run', () => {
  it('estimates what is left from steps and evaluations, each counted once', async () => {
    let milliseconds = 5000;
    const clock = new Clock(3, () => milliseconds);
    const step = (seconds: number): void => {
      milliseconds += seconds * 1000;
      clock.stepTaken();
    };
    step(9); // compiles
    step(2);
    expect(clock.secondsFor(10, 1)).toBe(null);
    step(2);
    expect(clock.secondsFor(10, 2)).toBe(10 * 2 + 2 * 3 * 2);
    for (const evaluation of [7, 5]) {
      milliseconds += evaluation * 1000;
      clock.evaluated(evaluation);
      step(2);
    }
    expect(clock.secondsFor(10, 3)).toBe(10 * 2 + 3 * 5);
    const pause = async (): Promise<void> => {
      await Promise.resolve();
      milliseconds += 60_000;
    };
    await clock.pausedDuring(pause());
    expect(clock.seconds).toBe(9 + 4 * 2 + 12);
  });
});
