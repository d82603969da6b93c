/**
 * 95 % percentile bootstrap intervals (Efron 1979). Near duplicates are drawn together where their groups are known (the cluster
 * bootstrap: Field and Welsh 2007), for ten spellings of one title tell hardly more than one.
 *
 * Cost is one draw a row and resample: the number of resamples falls from 1,000 to no fewer than 200 once that passes 20 million draws
 * (20,000 rows), where intervals are narrow anyway.
 */
import { RungError } from '../shared/errors.ts';
import type { Random } from '../shared/random.ts';
import type { Interval } from '../shared/training.ts';

const drawBudget = 20_000_000;
const fewestResamples = 200;

/** How many resamples are drawn for so many rows. */
export function resampleCount(rows: number, wanted: number): number {
  return Math.min(wanted, Math.max(fewestResamples, Math.floor(drawBudget / rows)));
}

/** What is drawn: groups of rows, unit `u` being `members[starts[u] .. starts[u + 1]]`; `starts` null: every row by itself. */
export interface Units {
  starts: Uint32Array | null;
  members: Uint32Array;
}

/**
 * The units of so many rows.
 * @param groups by row, any number for each group; every row is a unit of its own when left out
 * @throws RungError `internal` when there is not a group for each row
 */
export function unitsOf(rows: number, groups?: ArrayLike<number>): Units {
  if (groups === undefined) {
    return { starts: null, members: Uint32Array.from({ length: rows }, (_, row) => row) };
  }
  if (groups.length !== rows) {
    throw new RungError(
      'internal',
      `Resampling rows: expected a group for each of ${rows} rows, got ${groups.length}.`,
    );
  }
  const byGroup = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const members = byGroup.get(groups[row]);
    if (members) members.push(row);
    else byGroup.set(groups[row], [row]);
  }
  const starts = new Uint32Array(byGroup.size + 1);
  const members = new Uint32Array(rows);
  let unit = 0;
  for (const rowsOfUnit of byGroup.values()) {
    members.set(rowsOfUnit, starts[unit]);
    starts[unit + 1] = starts[unit] + rowsOfUnit.length;
    unit++;
  }
  return { starts, members };
}

/**
 * One resample: as many units as there are, with replacement. Adds 1 to `counts[kinds[i]]` for each `members[i]` that is drawn.
 * @param kinds as long as `members`: what each of them counts as
 */
export function drawCounts({ starts, members }: Units, random: Random, kinds: Uint32Array, counts: Uint32Array): void {
  counts.fill(0);
  const units = starts === null ? members.length : starts.length - 1;
  for (let i = 0; i < units; i++) {
    const unit = random.int(units);
    if (starts === null) counts[kinds[unit]]++;
    else for (let at = starts[unit]; at < starts[unit + 1]; at++) counts[kinds[at]]++;
  }
}

/**
 * A figure with the 2.5 and 97.5 percentiles of its resamples, the figure itself always inside.
 * @param resampled the figure of each resample; NaN where the resample does not define it
 */
export function percentileInterval(value: number, resampled: Float64Array): Interval {
  const sorted = resampled.filter((figure) => !Number.isNaN(figure)).toSorted();
  if (sorted.length === 0) return { value, low: value, high: value };
  return {
    value,
    low: Math.min(percentile(sorted, 0.025), value),
    high: Math.max(percentile(sorted, 0.975), value),
  };
}

/** Wilson score interval (1927), 95 %, of `hits` in `n`. */
export function wilson(hits: number, n: number): [number, number] {
  const z2 = 1.959963984540054 ** 2;
  const share = hits / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n)) * (Math.sqrt(z2) / (1 + z2 / n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Between order statistics as NumPy interpolates by default, to the last bit. */
export function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  const part = at - below;
  return part >= 0.5 ? high - (high - low) * (1 - part) : low + (high - low) * part;
}
