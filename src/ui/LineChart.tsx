/**
 * Lines with their names at the ends, a crosshair that several charts share, and a table in their place on request.
 *
 * recharts draws it, from a chunk of its own (97 kB gzip). What it does not do is done here: names at the line ends that keep apart,
 * a crosshair for several charts and for the keyboard, the table. With 300 points an update takes 20 ms of CPU (5 ms as plain SVG,
 * production build, two shared cores) and a move of the crosshair 8 ms (4 ms). So a chart redraws only when its lines change, lines
 * are thinned, charts that get new lines together draw one after the other, and a live run sends new points twice a second at most.
 */
import { UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { createElement, memo, useId, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { curveParts } from '../shared/curveParts.ts';
import { drawingCode } from './drawingCode.ts';
import classes from './LineChart.module.css';
import { LineChartLegend } from './LineChartLegend.tsx';
import { LineChartTable } from './LineChartTable.tsx';
import { downsample, nearestPoint, type DrawnSeries, type LinePoint, type LineSeries } from './lineGeometry.ts';
import { useInTurn } from './useInTurn.ts';

type Plot = typeof import('./LineChartPlot.tsx').default;

const { load: loadPlot, useDrawing: usePlot } = drawingCode<Plot>(() => import('./LineChartPlot.tsx'));

let warm = false;

/**
 * Fetches the drawing code ahead and has it draw once where nobody sees it: the first drawing takes three times as long as the next,
 * for its code is compiled as it runs, and that would fall into the first second of a training.
 */
export function preloadLineChart(): void {
  if (warm) return;
  warm = true;
  // Without it the chart fetches again when it is shown, and shows its table when that fails too.
  loadPlot().then(drawUnseen, () => (warm = false));
}

function drawUnseen(Drawing: Plot): void {
  const root = createRoot(document.createElement('div'));
  const xs = [0, 1].map((x) => ({ x, y: 0 }));
  root.render(
    createElement(Drawing, {
      titleId: '',
      series: [{ id: '', name: '', colour: '', points: xs, parts: [xs] }],
      xs,
      xDomain: [0, 1],
      yDomain: [0, 1],
      width: 400,
      height: 240,
      at: null,
      marker: null,
      parts: [],
      highlight: null,
      waiting: undefined,
      xName: '',
      formatX: String,
      formatY: String,
      formatTickY: String,
      onHover: noop,
      onHighlight: noop,
    }),
  );
  setTimeout(() => root.unmount(), 1000);
}

const noop = (): void => undefined;

export interface LineChartProps {
  title: string;
  series: readonly LineSeries[];
  /** Fixed, so that lines grow into the room that is kept for them. */
  xDomain: readonly [number, number];
  /** From 0 to a round number above all values when left out. */
  yDomain?: readonly [number, number];
  /** What x counts: "epoch". */
  xName: string;
  /** Smallest distance between two ticks of x; 1 for things that are counted. */
  xStep?: number;
  formatX?: (x: number) => string;
  formatY: (y: number) => string;
  /** Figures at the y axis, which are round; as they are when left out. */
  formatTickY?: (y: number) => string;
  /** A vertical line with words, such as the best epoch. */
  marker?: { x: number; label: string } | null;
  /** The same where parts of the lines begin (`LineSeries.starts`), with their names. */
  parts?: readonly { x: number; label: string }[];
  /** Pixels of the plot; the heading comes on top. */
  height?: number;
  /** x of the crosshair when charts share it; the chart keeps its own when left out. */
  hover?: number | null;
  onHover?: (x: number | null) => void;
  /** Id of the line that stands out; the others fade. */
  highlight?: string | null;
  onHighlight?: (id: string | null) => void;
  /** Stands in the plot until there is a point. */
  waiting?: string;
}

const noParts: NonNullable<LineChartProps['parts']> = [];

/** As many points as can be told apart on a plot of usual width. */
const maxDrawn = 200;

/** Keeps what can be drawn: finite values, thinned when there are too many to see. */
function drawable(line: LineSeries): DrawnSeries {
  const finite = line.points.filter((point) => Number.isFinite(point.y));
  const parts = curveParts(finite, line.starts ?? []);
  // Frozen, or recharts walks through every point to freeze it in its store.
  const thinned = parts.map((part) => Object.freeze([...downsample(part, Math.ceil(maxDrawn / parts.length))]));
  return { ...line, parts: thinned, points: Object.freeze(thinned.flat()) };
}

/** Drawn anew only when a prop is another one: in a live run most charts change once an epoch. @see LineChartProps */
export const LineChart = memo(function LineChart(props: LineChartProps) {
  const { title, xName, formatY, xDomain, height = 240 } = props;
  const { formatX = String, formatTickY = String } = props;
  const titleId = useId();
  const { ref, width } = useElementSize();
  const [asTable, setAsTable] = useState(false);
  const [ownHover, setOwnHover] = useState<number | null>(null);
  const [ownHighlight, setOwnHighlight] = useState<string | null>(null);
  const hover = props.hover === undefined ? ownHover : props.hover;
  const onHover = props.onHover ?? setOwnHover;
  const highlight = props.highlight === undefined ? ownHighlight : props.highlight;
  const onHighlight = props.onHighlight ?? setOwnHighlight;

  const series = useMemo(() => props.series.map(drawable), [props.series]);
  const { marker = null, parts = noParts, yDomain } = props;
  const plot = usePlot();
  const ready = plot !== null && width > 0;
  const drawn = useInTurn(
    useMemo(
      () => (ready ? { width, series, xs: allX(series), xDomain, yDomain, marker, parts } : null),
      [ready, width, series, xDomain, yDomain, marker, parts],
    ),
  );
  // The numbers are there even if the code that draws them cannot be loaded.
  const Drawing = plot === 'failed' ? null : plot;
  const xs = drawn?.xs ?? [];
  const at = hover === null || xs.length === 0 ? null : xs[nearestPoint(xs, hover)].x;
  const table = (
    <LineChartTable {...{ title, xName, formatX, formatY, xDomain, height }} series={series.filter(hasName)} />
  );

  return (
    <figure className={classes.figure} aria-labelledby={titleId}>
      <div className={classes.head}>
        <h3 className={classes.title} id={titleId}>
          {title}
        </h3>
        <span className={classes.at}>{at === null || asTable ? '' : `at ${xName} ${formatX(at)}`}</span>
        <UnstyledButton
          className={classes.toggle}
          aria-pressed={asTable}
          aria-label={`${title}: show as ${asTable ? 'chart' : 'table'}`}
          onClick={() => setAsTable(!asTable)}
        >
          Show as {asTable ? 'chart' : 'table'}
        </UnstyledButton>
      </div>
      <div ref={ref} className={classes.body} style={{ height }}>
        {(asTable || plot === 'failed') && table}
        {!asTable && plot !== 'failed' && !drawn && placeholder}
        {!asTable &&
          Drawing &&
          drawn &&
          createElement(Drawing, {
            ...drawn,
            titleId,
            at,
            onHover,
            xName,
            formatX,
            formatY,
            formatTickY,
            height,
            highlight,
            onHighlight,
            xStep: props.xStep,
            waiting: props.waiting,
          })}
      </div>
      <LineChartLegend series={series} highlight={highlight} onHighlight={onHighlight} />
    </figure>
  );
});

const placeholder = <div className={classes.placeholder} />;

function hasName(line: LineSeries): boolean {
  return !line.faint && line.points.length > 0;
}

/** Every x that has a point, ascending, as points so that `nearestPoint` can search them. */
function allX(series: readonly LineSeries[]): LinePoint[] {
  const all = new Set(series.filter(hasName).flatMap((line) => line.points.map((point) => point.x)));
  return [...all].toSorted((a, b) => a - b).map((x) => ({ x, y: 0 }));
}
