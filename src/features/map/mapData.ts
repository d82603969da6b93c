/** What the map draws: titles with their places, labels as they are and as a run predicts them. */

export interface MapData {
  /** Row numbers as the spreadsheet shows them. */
  rows: Uint32Array;
  titles: string[];
  labelNames: string[];
  /** titles x labels, 0 or 1. */
  labels: Uint8Array;
  /** The same as the run predicts; null without a run. */
  predicted: Uint8Array | null;
  /** x and y of each title. */
  positions: Float32Array;
}

export type Colouring = 'actual' | 'predicted';

/** Point of no label. */
export const unlabelled = -1;

export function flagsOf(data: MapData, colouring: Colouring): Uint8Array {
  return colouring === 'predicted' && data.predicted ? data.predicted : data.labels;
}

/** Positions of the labels of one title. */
export function labelsAt(flags: Uint8Array, point: number, labelCount: number): number[] {
  const held: number[] = [];
  for (let label = 0; label < labelCount; label++) if (flags[point * labelCount + label] === 1) held.push(label);
  return held;
}

/** One label for each point to be coloured by: its rarest, which says most; `unlabelled` without one. */
export function colourLabels(flags: Uint8Array, labelCount: number): Int16Array {
  const points = labelCount === 0 ? 0 : flags.length / labelCount;
  const counts = new Uint32Array(labelCount);
  for (let at = 0; at < flags.length; at++) counts[at % labelCount] += flags[at];
  const shown = new Int16Array(points).fill(unlabelled);
  for (let point = 0; point < points; point++) {
    for (const label of labelsAt(flags, point, labelCount)) {
      if (shown[point] === unlabelled || counts[label] < counts[shown[point]]) shown[point] = label;
    }
  }
  return shown;
}

const near = 10;

/** How far a label keeps together, and which other is most often among its titles' nearest ten. */
export interface LabelNeighbourhood {
  points: number;
  /** Share of near titles that carry the label too; null for a label on fewer than two titles. */
  together: number | null;
  /** The label that most often stands near where this one does not; null where there is none. */
  mostlyBeside: number | null;
}

/** In words what the picture shows: for each label, over the nearest ten titles on the map of each title that carries it. */
export function neighbourhoods(positions: Float32Array, flags: Uint8Array, labelCount: number): LabelNeighbourhood[] {
  const grid = new PointGrid(positions);
  const counts = new Uint32Array(labelCount);
  const same = new Float64Array(labelCount);
  const beside = new Float64Array(labelCount * labelCount);
  const looked = new Float64Array(labelCount);
  for (let point = 0; point < positions.length / 2; point++) {
    const own = labelsAt(flags, point, labelCount);
    for (const label of own) counts[label]++;
    if (own.length === 0) continue;
    for (const other of grid.nearest(point, near)) {
      const theirs = labelsAt(flags, other, labelCount);
      for (const label of own) {
        looked[label]++;
        if (theirs.includes(label)) same[label]++;
        else for (const foreign of theirs) beside[label * labelCount + foreign]++;
      }
    }
  }
  return Array.from(counts, (points, label) => {
    const row = beside.subarray(label * labelCount, (label + 1) * labelCount);
    const most = row.reduce((best, count, other) => (count > row[best] ? other : best), 0);
    return {
      points,
      together: points < 2 ? null : same[label] / looked[label],
      mostlyBeside: row.length > 0 && row[most] > 0 ? most : null,
    };
  });
}

/** Points in squares, so that the nearest are found without looking at all. */
export class PointGrid {
  private readonly positions: Float32Array;
  private readonly low: [number, number];
  private readonly side: number;
  private readonly across: number;
  private readonly squares = new Map<number, number[]>();

  constructor(positions: Float32Array) {
    this.positions = positions;
    const { left, top, width, height } = boundsOf(positions);
    this.low = [left, top];
    // About four points a square.
    this.side = Math.max(
      1e-9,
      Math.sqrt((4 * Math.max(width, 1e-6) * Math.max(height, 1e-6)) / Math.max(1, positions.length / 2)),
    );
    this.across = Math.ceil(Math.max(width, 1e-6) / this.side) + 1;
    for (let point = 0; point < positions.length / 2; point++) {
      const square = this.squareOf(positions[2 * point], positions[2 * point + 1]);
      const there = this.squares.get(square);
      if (there) there.push(point);
      else this.squares.set(square, [point]);
    }
  }

  /** The point nearest to a place and no further than `reach`; null where there is none. */
  at(x: number, y: number, reach: number): number | null {
    let best: number | null = null;
    let least = reach;
    for (const point of this.within(x, y, reach)) {
      const distance = Math.hypot(this.positions[2 * point] - x, this.positions[2 * point + 1] - y);
      if (distance <= least) [best, least] = [point, distance];
    }
    return best;
  }

  /** Points no further than `reach` from a place. */
  within(x: number, y: number, reach: number): number[] {
    const found: number[] = [];
    const [column, row] = this.cell(x, y);
    const cells = Math.ceil(reach / this.side);
    for (let r = row - cells; r <= row + cells; r++) {
      for (let c = Math.max(0, column - cells); c <= Math.min(this.across - 1, column + cells); c++) {
        for (const point of this.squares.get(r * this.across + c) ?? []) {
          if (Math.hypot(this.positions[2 * point] - x, this.positions[2 * point + 1] - y) <= reach) found.push(point);
        }
      }
    }
    return found;
  }

  /** Up to `count` other points nearest to one, in no order. */
  nearest(point: number, count: number): number[] {
    const [x, y] = [this.positions[2 * point], this.positions[2 * point + 1]];
    const others = this.positions.length / 2 - 1;
    for (let reach = this.side; ; reach *= 2) {
      const found = this.within(x, y, reach).filter((other) => other !== point);
      if (found.length < Math.min(count, others)) continue;
      const distance = (other: number): number =>
        Math.hypot(this.positions[2 * other] - x, this.positions[2 * other + 1] - y);
      return found.toSorted((a, b) => distance(a) - distance(b) || a - b).slice(0, count);
    }
  }

  private cell(x: number, y: number): [number, number] {
    return [Math.floor((x - this.low[0]) / this.side), Math.floor((y - this.low[1]) / this.side)];
  }

  private squareOf(x: number, y: number): number {
    const [column, row] = this.cell(x, y);
    return row * this.across + column;
  }
}

export interface Bounds {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function boundsOf(positions: Float32Array): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < positions.length; at += 2) {
    left = Math.min(left, positions[at]);
    right = Math.max(right, positions[at]);
    top = Math.min(top, positions[at + 1]);
    bottom = Math.max(bottom, positions[at + 1]);
  }
  return positions.length === 0
    ? { left: 0, top: 0, width: 1, height: 1 }
    : { left, top, width: right - left, height: bottom - top };
}

/** Points inside a closed line (even-odd rule). @param line x and y by turns */
export function insideOf(positions: Float32Array, line: readonly number[]): number[] {
  const inside: number[] = [];
  for (let point = 0; point < positions.length / 2; point++) {
    const [x, y] = [positions[2 * point], positions[2 * point + 1]];
    let within = false;
    for (let a = 0, b = line.length - 2; a < line.length; b = a, a += 2) {
      const [ax, ay, bx, by] = [line[a], line[a + 1], line[b], line[b + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
    }
    if (within) inside.push(point);
  }
  return inside;
}

/** From places on the map to pixels, scaled alike both ways. */
export interface View {
  /** Pixels a unit. */
  scale: number;
  /** Where 0, 0 lies, px. */
  x: number;
  y: number;
}

/** All points in view with a margin. */
export function wholeView({ left, top, width, height }: Bounds, pixelsWide: number, pixelsHigh: number): View {
  const margin = 24;
  const scale = Math.min(
    (pixelsWide - 2 * margin) / Math.max(width, 1e-6),
    (pixelsHigh - 2 * margin) / Math.max(height, 1e-6),
  );
  return { scale, x: pixelsWide / 2 - scale * (left + width / 2), y: pixelsHigh / 2 - scale * (top + height / 2) };
}

/** Closer or further by a factor, about a place that stays, px. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  return { scale: view.scale * factor, x: x + (view.x - x) * factor, y: y + (view.y - y) * factor };
}

/** What a model says of the titles of a map. */
export interface MapAnswers {
  /** The model's, which may lack some of the table's or have others. */
  labelNames: readonly string[];
  /** titles x labels of the model */
  probabilities: Float32Array;
}

/** titles x labels of the table: 1 where a label is predicted by these thresholds. */
export function predictedFlags(
  tableLabels: readonly string[],
  { labelNames, probabilities }: MapAnswers,
  thresholds: readonly number[],
): Uint8Array {
  const columns = labelNames.map((name) => tableLabels.indexOf(name));
  const predicted = new Uint8Array((probabilities.length / columns.length) * tableLabels.length);
  for (const [at, probability] of probabilities.entries()) {
    const label = at % columns.length;
    const point = (at - label) / columns.length;
    if (columns[label] >= 0 && probability >= thresholds[label])
      predicted[point * tableLabels.length + columns[label]] = 1;
  }
  return predicted;
}
