/**
 * The picture of the model card: out-of-fold micro-F1 against the rows learnt from, a line for each recipe, from what
 * `npm run eval -- --json FILE` wrote: node tools/run.mjs tools/learningCurves.ts OUT.svg "Name" rows=FILE rows=FILE ... "Name" ...
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Point {
  rows: number;
  value: number;
  low: number;
  high: number;
}

interface Curve {
  name: string;
  points: Point[];
}

const width = 720;
const height = 420;
const plot = { left: 56, right: 16, top: 16, bottom: 92 };
const colours = ['#1f5fbf', '#b4531f', '#4d7a2a'];
const dashes = ['none', '7 4', '2 4'];

export function main([out, ...args]: string[]): void {
  const curves: Curve[] = [];
  for (const arg of args) {
    const measured = /^(\d+)=(.+)$/.exec(arg);
    if (!measured) curves.push({ name: arg, points: [] });
    else curves.at(-1)?.points.push(pointOf(Number(measured[1]), measured[2]));
  }
  writeFileSync(out, drawing(curves));
}

function pointOf(rows: number, file: string): Point {
  const { intervals }: { intervals: { microF1: Omit<Point, 'rows'> } } = JSON.parse(
    readFileSync(file, 'utf8'),
  ).atThresholdHalf;
  return { rows, ...intervals.microF1 };
}

/** A number of SVG: two decimals are a hundredth of a pixel. */
function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function drawing(curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const lowest = Math.floor(Math.min(...points.map(({ low }) => low)) * 20) / 20;
  const rows = [...new Set(points.map((point) => point.rows))].toSorted((a, b) => a - b);
  const [least, most] = [Math.log(rows[0]), Math.log(rows[rows.length - 1])];
  const x = (value: number): number =>
    plot.left + ((Math.log(value) - least) / (most - least)) * (width - plot.left - plot.right - 24) + 12;
  const y = (value: number): number =>
    height - plot.bottom - ((value - lowest) / (1 - lowest)) * (height - plot.top - plot.bottom);
  const ticks = Array.from({ length: Math.round((1 - lowest) / 0.1) + 1 }, (_, i) => 1 - i / 10).filter(
    (v) => v >= lowest - 1e-9,
  );
  const grid = ticks.map(
    (value) =>
      `<line x1="${plot.left}" x2="${width - plot.right}" y1="${at(y(value))}" y2="${at(y(value))}" stroke="#ccd" stroke-width="1"/>` +
      `<text x="${plot.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${value.toFixed(1)}</text>`,
  );
  const along = rows.map(
    (value) =>
      `<text x="${at(x(value))}" y="${height - plot.bottom + 20}" text-anchor="middle">${value.toLocaleString('en')}</text>`,
  );
  const lines = curves.map(({ name, points: own }, i) => {
    const path = own.map((point, j) => `${j === 0 ? 'M' : 'L'}${at(x(point.rows))} ${at(y(point.value))}`).join('');
    // Side by side, so that intervals of the same rows do not cover each other.
    const bars = own.map(({ rows: learnt, low, high }) => {
      const centre = at(x(learnt) + (i - 1) * 5);
      return `<line x1="${centre}" x2="${centre}" y1="${at(y(low))}" y2="${at(y(high))}" stroke="${colours[i]}" stroke-width="1.5" opacity=".6"/>`;
    });
    const marks = own.map(
      (point) => `<circle cx="${at(x(point.rows))}" cy="${at(y(point.value))}" r="3.5" fill="${colours[i]}"/>`,
    );
    const key = { x: plot.left + i * 224, y: height - 16 };
    return `${bars.join('')}<path d="${path}" fill="none" stroke="${colours[i]}" stroke-width="2" stroke-dasharray="${dashes[i]}"/>${marks.join('')}
<line x1="${key.x}" x2="${key.x + 28}" y1="${key.y - 4}" y2="${key.y - 4}" stroke="${colours[i]}" stroke-width="2" stroke-dasharray="${dashes[i]}"/><text x="${key.x + 34}" y="${key.y}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#223">
<rect width="${width}" height="${height}" fill="#fff"/>
${grid.join('\n')}
${along.join('\n')}
<text x="${(plot.left + width - plot.right) / 2}" y="${height - plot.bottom + 44}" text-anchor="middle">rows to learn from (log scale); micro-F1 out of fold, 95 % intervals</text>
${lines.join('\n')}
</svg>
`;
}
