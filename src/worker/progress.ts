/** Reports of progress: no more than ten a second, with the time that is left. */
const apart = 100;

/** Of phases ten a second go on, of the others the next tells as much; all other events pass. */
export function throttled<Event extends { type: string }>(onEvent: (event: Event) => void): (event: Event) => void {
  let last = -Infinity;
  return (event) => {
    const now = performance.now();
    if (event.type === 'phase') {
      if (now - last < apart) return;
      last = now;
    }
    onEvent(event);
  };
}

/** Seconds left after so many; null at the very beginning, where a moment would decide. */
export function secondsLeft(seconds: number, fraction: number): number | null {
  return fraction < 0.05 ? null : (seconds / fraction) * (1 - fraction);
}
