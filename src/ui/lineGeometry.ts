/** The arithmetic of a line chart that recharts does not do: thinning, label placement, the nearest point. */

export interface LinePoint {
  x: number;
  y: number;
}

export interface LineSeries {
  id: string;
  name: string;
  /** Ascending in x; points whose y is not finite are left out. */
  points: readonly LinePoint[];
  /** x after which the line begins anew, ascending: it is not drawn across them. */
  starts?: readonly number[];
  /** Any CSS colour. */
  colour: string;
  /** `stroke-dasharray`: lines are told apart without colour too. */
  dash?: string;
  /** Drawn thin behind the others, without a name: the raw values behind a smoothed line. */
  faint?: boolean;
}

/** A line as it is drawn: each part by itself, finite and thinned. */
export interface DrawnSeries extends LineSeries {
  parts: readonly (readonly LinePoint[])[];
}

/** Maps [from0, from1] to [to0, to1] linearly; an empty domain maps to the middle. */
export function linearScale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const span = from[1] - from[0];
  if (span === 0) return () => (to[0] + to[1]) / 2;
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0]);
}

/**
 * Thins a line to `limit` points and keeps its look: largest triangle three buckets (Steinarsson 2013, "Downsampling Time Series
 * for Visual Representation"). The first and last point stay; a short line is returned as it is.
 */
export function downsample(points: readonly LinePoint[], limit: number): readonly LinePoint[] {
  if (points.length <= limit || limit < 3) return points;
  const kept: LinePoint[] = [points[0]];
  const bucket = (points.length - 2) / (limit - 2);
  for (let i = 0; i < limit - 2; i++) {
    const from = Math.floor(i * bucket) + 1;
    const to = Math.floor((i + 1) * bucket) + 1;
    const nextTo = Math.min(Math.floor((i + 2) * bucket) + 1, points.length);
    kept.push(largestTriangle(points, kept[i], from, to, meanPoint(points, to, nextTo)));
  }
  kept.push(points[points.length - 1]);
  return kept;
}

function meanPoint(points: readonly LinePoint[], from: number, to: number): LinePoint {
  const end = Math.max(to, from + 1);
  let x = 0;
  let y = 0;
  for (let i = from; i < end; i++) {
    x += points[i].x;
    y += points[i].y;
  }
  return { x: x / (end - from), y: y / (end - from) };
}

function largestTriangle(
  points: readonly LinePoint[],
  before: LinePoint,
  from: number,
  to: number,
  after: LinePoint,
): LinePoint {
  let best = points[from];
  let bestArea = -1;
  for (let i = from; i < to; i++) {
    const point = points[i];
    const area = Math.abs((before.x - after.x) * (point.y - before.y) - (before.x - point.x) * (after.y - before.y));
    if (area > bestArea) {
      bestArea = area;
      best = point;
    }
  }
  return best;
}

/**
 * Moves positions apart to at least `gap` while staying in [low, high] and as near as possible (least squares) to where they were:
 * isotonic regression of `position - rank * gap` by pooling adjacent violators. Returns them in the order given.
 */
export function spread(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((_, i) => i).toSorted((a, b) => positions[a] - positions[b] || a - b);
  const blocks: { sum: number; size: number }[] = [];
  for (const [rank, index] of order.entries()) {
    let block = { sum: positions[index] - rank * gap, size: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.size > block.sum / block.size; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, size: last.size + block.size };
      blocks.pop();
    }
    blocks.push(block);
  }
  const top = Math.max(low, high - (positions.length - 1) * gap);
  const placed = blocks.flatMap(({ sum, size }) => Array<number>(size).fill(Math.min(top, Math.max(low, sum / size))));
  const result = Array<number>(positions.length).fill(0);
  for (const [rank, index] of order.entries()) result[index] = placed[rank] + rank * gap;
  return result;
}

/** Index of the point whose x is nearest, by bisection; -1 without points. `points` ascend in x. */
export function nearestPoint(points: readonly LinePoint[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].x < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - points[low - 1].x <= points[low].x - x ? low - 1 : low;
}

/** The point of a line that is nearest to `x`; its last one for null. The line has points. */
export function pointAt(line: LineSeries, x: number | null): LinePoint {
  return line.points[x === null ? line.points.length - 1 : nearestPoint(line.points, x)];
}
