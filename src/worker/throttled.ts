/** Reports of progress that come faster than anyone reads them: ten a second go on, of the others the next tells as much. */
import type { TrainingEvent } from '../shared/training.ts';

const apart = 100;

/** Only `phase` is held back. */
export function throttled(onEvent: (event: TrainingEvent) => void): (event: TrainingEvent) => void {
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
