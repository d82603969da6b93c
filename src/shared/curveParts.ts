/** Curves that begin anew: models that are averaged are trained one after the other on one axis of epochs. */

/** Which model an epoch, or a point between two, belongs to, from 0. */
export function modelOfEpoch(epoch: number, starts: readonly number[]): number {
  return starts.filter((start) => epoch > start).length;
}

/** The points in parts, one for each model: those up to the first start, those after it up to the second, and so on. @param starts ascending in x */
export function curveParts<Point extends { x: number }>(
  points: readonly Point[],
  starts: readonly number[],
): Point[][] {
  const parts: Point[][] = Array.from({ length: starts.length + 1 }, () => []);
  for (const point of points) parts[modelOfEpoch(point.x, starts)].push(point);
  return parts;
}

/** Where models began, one more having begun after so many epochs. @param number of the model, from 1 */
export function memberStartsAfter(
  { memberStarts, epochs }: { memberStarts: readonly number[]; epochs: readonly { epoch: number }[] },
  number: number,
): number[] {
  return number === 1 ? [] : [...memberStarts, epochs.at(-1)?.epoch ?? 0];
}
