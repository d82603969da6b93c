/** Values that are costly to draw, let through one at a time. */
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

const waiting: (() => void)[] = [];

function next(): void {
  const show = waiting.shift();
  // In this task, or React might draw several together after all.
  if (show) flushSync(show);
  if (waiting.length > 0) setTimeout(next);
}

/**
 * The value, a moment later: of all components that got new ones together, each draws in a task of its own, so that pointer and keys
 * are heard in between. Null until its first turn; the last value always arrives.
 */
export function useInTurn<T>(value: T): T | null {
  const [shown, setShown] = useState<T | null>(null);
  useEffect(() => {
    const show = (): void => setShown(() => value);
    waiting.push(show);
    if (waiting.length === 1) setTimeout(next);
    return () => {
      const place = waiting.indexOf(show);
      if (place >= 0) waiting.splice(place, 1);
    };
  }, [value]);
  return shown;
}
