/** What the browser throws when it will not store, in words for the user. */
import { RungError } from '../shared/errors.ts';

// The second is what Firefox used to call it.
const quotaNames = new Set(['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED']);

function nameOf(thrown: unknown): string {
  return thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
}

function isQuota(thrown: unknown): boolean {
  return quotaNames.has(nameOf(thrown));
}

/** Bytes as the user reads them: "12.3 MB". */
export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return mb < 0.1 ? `${Math.ceil(bytes / 1e3)} kB` : `${mb.toFixed(mb < 100 ? 1 : 0)} MB`;
}

/**
 * A RungError for whatever a storage call threw while `doing` ("saving the weights of run r1").
 * @param needed bytes that were to be written, for the message about quota
 */
export async function storageError(thrown: unknown, doing: string, needed: number | null): Promise<RungError> {
  if (thrown instanceof RungError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (isQuota(thrown)) {
    // The quota itself is not told: Chromium answers `estimate()` with a fixed figure, not with what it will give.
    const usage = await bytesTaken();
    const asked = needed === null ? '' : ` ${megabytes(needed)} were needed;`;
    const taken = usage === null ? '' : ` this page already takes ${megabytes(usage)} and`;
    return new RungError(
      'quota-exceeded',
      `No room left while ${doing}:${asked}${taken} the browser gives no more.`,
      'Download the runs you want to keep, delete runs you no longer need, then save again. What was stored before is still there.',
      { cause: thrown },
    );
  }
  return new RungError(
    'storage-unavailable',
    `The browser's storage failed while ${doing}: ${detail}`,
    'In a private window, or where the browser blocks site data, runs last only until the tab is closed: download the model before you leave. Otherwise reload the page and try again.',
    { cause: thrown },
  );
}

/** Bytes this page takes; null where the browser does not say. */
async function bytesTaken(): Promise<number | null> {
  try {
    return (await navigator.storage.estimate()).usage ?? null;
  } catch {
    return null;
  }
}
