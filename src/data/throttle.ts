/** Progress at a pace that a page can draw. */

const shortestGap = 100;

/** Passes on at most ten calls a second; one with a new message always comes through when the gap allows it, others are dropped. */
export function throttle<Told extends unknown[]>(
  listener: (...told: Told) => void,
  now: () => number = () => performance.now(),
): (...told: Told) => void {
  let last = -Infinity;
  return (...told) => {
    const time = now();
    if (time - last < shortestGap) return;
    last = time;
    listener(...told);
  };
}
