/** Progress at a pace that a page can draw. */
import type { Progress } from './readFile.ts';

const shortestGap = 100;

/** Passes on at most ten calls a second; one with a new message always comes through when the gap allows it, others are dropped. */
export function throttle(listener: Progress, now: () => number = () => performance.now()): Progress {
  let last = -Infinity;
  return (message, fraction) => {
    const time = now();
    if (time - last < shortestGap) return;
    last = time;
    listener(message, fraction);
  };
}
