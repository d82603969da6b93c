import { useEffect } from 'react';

/**
 * While a training runs: the browser asks before the page is left, and a Web Lock that a second request waits for keeps Chrome's
 * Energy Saver from freezing the tab when it is hidden.
 */
export function useGuards(training: boolean): void {
  useEffect(() => {
    if (!training) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    const name = `rung-awake-${crypto.randomUUID()}`;
    const ended = new AbortController();
    const { signal } = ended;
    const untilEnded = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    // Without locks (a page that is not served securely) the training merely may be throttled.
    navigator.locks?.request(name, () => untilEnded).catch(() => undefined);
    navigator.locks?.request(name, { signal }, () => undefined).catch(() => undefined);
    return () => {
      removeEventListener('beforeunload', ask);
      ended.abort();
    };
  }, [training]);
}
