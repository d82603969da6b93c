/** Where the parts of a line chart stand and which figures its axes show. Loaded with recharts, whose tick steps it uses. */
import { getNiceTickValues } from 'recharts';
import type { LineSeries } from './lineGeometry.ts';

/** Room above the plot for the words of the marker, and below it for the x axis, px. */
export const plotMargin = { top: 18, bottom: 40 };

/** Pixels of the drawing. */
export interface PlotLayout {
  width: number;
  height: number;
  /** Room for the figures of the y axis. */
  left: number;
  /** Room for the names and figures at the line ends. */
  right: number;
  /** False on narrow pages: the names then stand below the plot. */
  withNames: boolean;
  xTicks: number[];
  yDomain: [number, number];
  yTicks: number[];
}

/** Round numbers inside `domain`, about `count` of them; whole ones unless `decimals`. */
export function ticksInside(domain: readonly [number, number], count: number, decimals: boolean): number[] {
  const [low, high] = domain;
  if (!(high > low)) return [low];
  const beyond = (high - low) * 1e-9;
  return getNiceTickValues([low, high], count, decimals, 'snap125').filter(
    (tick) => tick >= low - beyond && tick <= high + beyond,
  );
}

/** Round numbers from 0 to the first one at or above every value, about six of them; [0, ..., 1] without a positive value. */
export function ticksFromZero(values: readonly number[]): number[] {
  const highest = values.reduce((high, value) => Math.max(high, value), 0);
  const high = highest > 0 ? highest : 1;
  const ticks = getNiceTickValues([0, high], 6, true, 'snap125');
  return ticks.slice(0, ticks.findIndex((tick) => tick >= high * 0.999999) + 1);
}

/** Width of text of 12 px, near enough to reserve room. */
export const characterWidth = 7;
/** Below this width names stand in a line under the plot (see the style sheet), and only the figures at the line ends; px. */
const narrow = 480;

export interface PlotLayoutInput {
  width: number;
  height: number;
  xDomain: readonly [number, number];
  xStep?: number;
  /** From 0 to a round number above all values when left out. */
  yDomain?: readonly [number, number];
  formatY: (y: number) => string;
  formatTickY: (y: number) => string;
}

/** Room and figures for these lines, of which only those with a name count. */
export function plotLayout(input: PlotLayoutInput, named: readonly LineSeries[]): PlotLayout {
  const { width, height, xDomain, yDomain, formatY, formatTickY } = input;
  const yTicks = yDomain
    ? ticksInside(yDomain, 6, true)
    : ticksFromZero(named.flatMap((line) => line.points.map((point) => point.y)));
  const tickLength = Math.max(3, ...yTicks.map((tick) => formatTickY(tick).length));
  const left = 14 + tickLength * characterWidth;
  const figureLength = Math.max(5, ...named.map((line) => formatY(line.points.at(-1)?.y ?? 0).length));
  const nameLength = width < narrow ? 0 : Math.max(0, ...named.map((line) => line.name.length + 1));
  const right = Math.round(Math.min(32 + (figureLength + nameLength) * characterWidth, Math.max(96, width * 0.36)));
  const xTickCount = Math.max(3, Math.floor((width - left - right) / 40) + 1);
  return {
    width,
    height,
    left,
    right,
    withNames: width >= narrow,
    xTicks: ticksInside(xDomain, xTickCount, !(input.xStep !== undefined && input.xStep >= 1)),
    yDomain: yDomain ? [...yDomain] : [0, yTicks[yTicks.length - 1]],
    yTicks,
  };
}
