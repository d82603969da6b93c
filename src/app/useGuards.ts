import { useEffect } from 'react';
import { runReleased } from '../shared/runLocks.ts';

/** While a run trains: the browser asks before the page is left, and the hidden page is not put to sleep. */
export function useGuards(runId: string | null): void {
  useEffect(() => {
    if (runId === null) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    // The worker holds the run's lock; that someone waits for it is what keeps Energy Saver away. Without locks it may slow down.
    runReleased(runId).catch(() => undefined);
    return () => removeEventListener('beforeunload', ask);
  }, [runId]);
}
