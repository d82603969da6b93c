/** How much room there is, and whether the browser may clear it when the disk fills up. */
import { browserEstimate } from './failures.ts';

export interface StorageUsage {
  /** Bytes taken by this page, its offline copy counted; null where the browser does not say. */
  usedBytes: number | null;
  /** Bytes the browser says it would allow in all, an upper bound (Chromium tells a fixed figure); null where it does not say. */
  quotaBytes: number | null;
  /** True when the browser will not clear it on its own. */
  persistent: boolean;
}

/** Room taken and left; never throws. */
export async function estimateUsage(): Promise<StorageUsage> {
  const { usage, quota } = await browserEstimate();
  return { usedBytes: usage, quotaBytes: quota, persistent: await asks(() => navigator.storage.persisted()) };
}

async function asks(question: () => Promise<boolean>): Promise<boolean> {
  try {
    return await question();
  } catch {
    return false;
  }
}
