/** Callbacks of a call to a worker. */
import * as Comlink from 'comlink';

/**
 * Makes a call with a callback that is heard until the call has settled: callbacks have a port of their own, so that a report may come
 * after the answer, and would show as going on what has ended.
 */
export async function whilePending<Told extends unknown[], Answer>(
  listener: (...told: Told) => void,
  call: (proxied: (...told: Told) => void) => Promise<Answer>,
): Promise<Answer> {
  let pending = true;
  const heard = (...told: Told): void => {
    if (pending) listener(...told);
  };
  try {
    return await call(Comlink.proxy(heard));
  } finally {
    pending = false;
  }
}
