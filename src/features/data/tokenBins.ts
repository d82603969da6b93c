import type { HistogramBin } from '../../ui/Histogram.tsx';

export interface TokenBins {
  bins: HistogramBin[];
  titles: number;
  mean: number;
  longest: number;
}

/** Longer titles share one bar: training cuts at 64 tokens unless told otherwise, and one long title must not flatten the rest. */
const lastOwnBin = 63;

/** Token counts of titles as bars, from the shortest that occurs to the longest. */
export function tokenBins(counts: readonly number[]): TokenBins {
  let titles = 0;
  let tokens = 0;
  for (let i = 0; i < counts.length; i++) {
    titles += counts[i];
    tokens += counts[i] * i;
  }
  if (titles === 0) return { bins: [], titles: 0, mean: 0, longest: 0 };
  const shortest = counts.findIndex((count) => count > 0);
  const longest = counts.findLastIndex((count) => count > 0);
  const end = Math.min(longest, lastOwnBin);
  const every = end - shortest > 40 ? 10 : end - shortest > 12 ? 5 : 1;
  const bins: HistogramBin[] = [];
  for (let i = shortest; i <= end; i++) {
    bins.push({ label: String(i), tick: i % every === 0 ? String(i) : undefined, count: counts[i] });
  }
  if (longest > lastOwnBin) {
    const count = counts.slice(lastOwnBin + 1).reduce((sum, n) => sum + n, 0);
    bins.push({ label: `${lastOwnBin + 1} or more`, tick: `${lastOwnBin + 1}+`, count });
  }
  return { bins, titles, mean: tokens / titles, longest };
}
