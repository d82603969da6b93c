/** Where points of the unit square stand on a chart, and which of them a pointer means. */

export interface UnitPoint {
  x: number;
  y: number;
}

/** Room around the plot for axes and their names, px: that of y stands above the plot, where long names have room. */
export const unitMargin = { left: 40, right: 12, top: 32, bottom: 44 };

/** Pixels from the left and the top of the chart. */
export function toPixels({ x, y }: UnitPoint, width: number, height: number): { left: number; top: number } {
  const { left, right, top, bottom } = unitMargin;
  return { left: left + x * (width - left - right), top: top + (1 - y) * (height - top - bottom) };
}

/** The point nearest to a place on the chart, as the eye sees it; of those on one spot the first. -1 without points. */
export function nearestOnChart(
  points: readonly UnitPoint[],
  place: { left: number; top: number },
  width: number,
  height: number,
): number {
  let best = -1;
  let least = Infinity;
  for (const [i, point] of points.entries()) {
    const { left, top } = toPixels(point, width, height);
    const distance = (left - place.left) ** 2 + (top - place.top) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Points closer than `gap` to the last kept one, in x and y, are left out; both ends stay. Returns positions in `points`. */
export function thinned(points: readonly UnitPoint[], gap: number): number[] {
  const kept: number[] = [];
  for (const [i, { x, y }] of points.entries()) {
    const last = points[kept.at(-1) ?? 0];
    const near = Math.abs(x - last.x) < gap && Math.abs(y - last.y) < gap;
    if (kept.length === 0 || !near || i === points.length - 1) kept.push(i);
  }
  return kept;
}
