/** Line charts for the printed report, as SVG in a string: light, with their lines named at the end. */
import { curveParts } from '../shared/curveParts.ts';

export interface ReportLine {
  name: string;
  points: readonly { x: number; y: number }[];
  /** x after which the line begins anew. */
  starts?: readonly number[];
  /** `stroke-dasharray`: printed without colour, lines are still told apart. */
  dash: string;
  colour: string;
}

export interface ReportChart {
  title: string;
  xName: string;
  lines: readonly ReportLine[];
  /** Ends of the axes; found from the points where left out. */
  x?: readonly [number, number];
  y?: readonly [number, number];
  /** Draws every point, and the diagonal: a calibration curve. */
  diagonal?: boolean;
}

const size = { width: 330, height: 210, left: 42, right: 92, top: 12, bottom: 36 };

/** What HTML and SVG take for their own is written out. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A figure with its chart; without points it says so. */
export function chartSvg(chart: ReportChart): string {
  const points = chart.lines.flatMap((line) => line.points);
  if (points.length === 0) return '';
  const [x0, x1] = chart.x ?? endsOf(points.map(({ x }) => x));
  const [y0, y1] = chart.y ?? [0, Math.max(...points.map(({ y }) => y)) * 1.05 || 1];
  const across = (x: number): number => size.left + ((x - x0) / (x1 - x0 || 1)) * (size.width - size.left - size.right);
  const down = (y: number): number =>
    size.height - size.bottom - ((y - y0) / (y1 - y0 || 1)) * (size.height - size.top - size.bottom);
  const parts = [0, 0.5, 1].flatMap((share) => {
    const [x, y] = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
    return [
      `<line x1="${size.left}" x2="${size.width - size.right}" y1="${at(down(y))}" y2="${at(down(y))}" class="grid"/>`,
      `<text x="${size.left - 6}" y="${at(down(y) + 4)}" text-anchor="end">${tick(y)}</text>`,
      `<text x="${at(across(x))}" y="${size.height - size.bottom + 15}" text-anchor="middle">${tick(x)}</text>`,
    ];
  });
  if (chart.diagonal)
    parts.push(
      `<line x1="${at(across(x0))}" y1="${at(down(y0))}" x2="${at(across(x1))}" y2="${at(down(y1))}" class="grid"/>`,
    );
  const ends = namePlaces(chart.lines.map(({ points: held }) => (held.length > 0 ? down(held[held.length - 1].y) : 0)));
  for (const [i, { name, points: held, starts = [], dash, colour }] of chart.lines.entries()) {
    if (held.length === 0) continue;
    for (const part of curveParts(held, starts).filter(({ length }) => length > 0)) {
      const path = part.map(({ x, y }) => `${at(across(x))},${at(down(y))}`).join(' ');
      parts.push(`<polyline points="${path}" stroke="${colour}" stroke-dasharray="${dash}"/>`);
      if (chart.diagonal || part.length === 1)
        parts.push(
          ...part.map(({ x, y }) => `<circle cx="${at(across(x))}" cy="${at(down(y))}" r="2.5" fill="${colour}"/>`),
        );
    }
    const end = across(held[held.length - 1].x);
    parts.push(
      `<text x="${at(Math.max(end, across(x1)) + 6)}" y="${at(ends[i] + 4)}" fill="${colour}" class="name">${escapeHtml(name)}</text>`,
    );
  }
  parts.push(
    `<text x="${at((size.left + size.width - size.right) / 2)}" y="${size.height - 4}" text-anchor="middle">${escapeHtml(chart.xName)}</text>`,
  );
  return `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(chart.title)}">${parts.join('')}</svg></figure>`;
}

/** Names of lines that end close together stand one below the other. */
function namePlaces(ends: readonly number[]): number[] {
  const places = [...ends];
  let lowest = -Infinity;
  for (const i of [...ends.keys()].toSorted((a, b) => ends[a] - ends[b])) {
    places[i] = Math.max(ends[i], lowest + 12);
    lowest = places[i];
  }
  return places;
}

function endsOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function at(position: number): string {
  return position.toFixed(1);
}

function tick(value: number): string {
  return String(Number(value.toFixed(2)));
}
