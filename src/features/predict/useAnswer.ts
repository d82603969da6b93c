import { useEffect, useEffectEvent, useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import { Latest } from './latest.ts';

export interface Answer<T> {
  /** The last that came, of an earlier question maybe; null before the first. */
  value: T | null;
  /** Whether it belongs to the question as it stands. */
  settled: boolean;
  error: { message: string; hint: string } | null;
}

interface Settled<T> {
  key: string;
  value: T | null;
  error: Answer<T>['error'];
}

/** Typing rests this long before something dear is asked. */
const restMs = 300;

/**
 * The answer to a question that is dear: asked when `key`, which says all it depends on, has rested, one at a time. An answer stays until
 * the next one is there, so nothing flickers.
 * @param key null: nothing is asked
 */
export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Answer<T> {
  const [settled, setSettled] = useState<Settled<T> | null>(null);
  const [latest] = useState(
    () =>
      new Latest<{ key: string; ask: () => Promise<T> }, T>(
        (asked) => asked.ask(),
        (asked, value) => setSettled({ key: asked.key, value, error: null }),
        (asked, thrown) => {
          const { message, hint } = toRungError(thrown);
          setSettled({ key: asked.key, value: null, error: { message, hint } });
        },
      ),
  );
  const question = useEffectEvent((asked: string) => latest.ask({ key: asked, ask }));
  useEffect(() => {
    if (key === null) return undefined;
    const timer = setTimeout(() => question(key), restMs);
    return () => {
      clearTimeout(timer);
      latest.cancel();
    };
  }, [key, latest]);
  return {
    value: settled?.value ?? null,
    settled: settled !== null && settled.key === key,
    error: settled?.key === key ? settled.error : null,
  };
}
