/**
 * Which runs are being trained right now, in any tab. A Web Lock is held while a run trains and is let go by the browser when the
 * tab or its worker dies, however it dies; a flag in a database would stay.
 */
const prefix = 'rung-run-';

/**
 * Marks a run as active until the returned function is called or the tab closes. Resolves once the lock is held. Where the
 * browser has no Web Locks nothing is marked.
 */
export async function holdRun(id: string): Promise<() => void> {
  const locks = lockManager();
  if (locks === null) return () => undefined;
  return new Promise((resolve, reject) => {
    const held = locks.request(prefix + id, () => new Promise<void>((release) => resolve(release)));
    held.catch(reject);
  });
}

/**
 * Resolves when nobody trains the run any more: it ended, or its worker died. While the page waits here Chrome's Energy Saver does
 * not freeze the training worker of a hidden tab (it spares contexts that hold a lock another one waits for).
 */
export async function runReleased(id: string): Promise<void> {
  await lockManager()?.request(prefix + id, () => undefined);
}

/** Ids of the runs that some tab is training. */
export async function activeRunIds(): Promise<string[]> {
  const { held = [] } = (await lockManager()?.query()) ?? {};
  return held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

function lockManager(): LockManager | null {
  return typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks : null;
}
