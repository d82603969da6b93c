/**
 * Lines with their names at the ends, a crosshair that several charts share, and a table in their place on request.
 *
 * Plain SVG rather than recharts: the chart redraws up to ten times a second while training has the machine, and no task of the page
 * may take 100 ms. A loss picture that grows from 50 to 450 points took 4 ms of CPU an update, the same with recharts 3.10 took 18 ms
 * and 95 kB more of gzip (production build); labels, crosshair and keyboard would have been ours in any case.
 */
import { UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { memo, useId, useMemo, useState } from 'react';
import classes from './LineChart.module.css';
import {
  Axes,
  Crosshair,
  EndLabels,
  labelledLines,
  Legend,
  Lines,
  Marker,
  plotMargin,
  PlotSlider,
  type Geometry,
} from './LineChartPlot.tsx';
import { LineChartTable } from './LineChartTable.tsx';
import {
  domainFromZero,
  downsample,
  linearScale,
  nearestPoint,
  niceTicks,
  type LinePoint,
  type LineSeries,
} from './lineGeometry.ts';

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

const maxDrawn = 2000;
const thinnedTo = 600;

/** Keeps what can be drawn: finite values, thinned when there are too many to see. */
function drawable(points: readonly LinePoint[]): readonly LinePoint[] {
  const finite = points.every((p) => Number.isFinite(p.y)) ? points : points.filter((p) => Number.isFinite(p.y));
  return finite.length > maxDrawn ? downsample(finite, thinnedTo) : finite;
}

/** Width of text of 12 px, near enough to reserve room. */
const characterWidth = 7;
/** Below this width names stand in a line under the plot (see the style sheet), and only the figures at the line ends; px. */
const narrow = 480;

function geometryOf(props: LineChartProps, series: readonly LineSeries[], width: number): Geometry {
  const height = props.height ?? 240;
  const named = series.filter((line) => !line.faint);
  const yDomain = props.yDomain ?? domainFromZero(named.flatMap((line) => line.points.map((point) => point.y)));
  const formatTickY = props.formatTickY ?? String;
  const tickLength = Math.max(3, ...niceTicks(yDomain, 5).map((tick) => formatTickY(tick).length));
  const left = 14 + tickLength * characterWidth;
  const figureLength = Math.max(5, ...named.map((line) => props.formatY(line.points.at(-1)?.y ?? 0).length));
  const nameLength = width < narrow ? 0 : Math.max(0, ...named.map((line) => line.name.length + 1));
  const right = Math.round(Math.min(32 + (figureLength + nameLength) * characterWidth, Math.max(96, width * 0.36)));
  return {
    width,
    height,
    left,
    right,
    yDomain,
    withNames: width >= narrow,
    x: linearScale(props.xDomain, [left, Math.max(left + 1, width - right)]),
    y: linearScale(yDomain, [height - plotMargin.bottom, plotMargin.top]),
  };
}

/** Drawn anew only when a prop is another one: in a live run most charts change once an epoch. @see LineChartProps */
export const LineChart = memo(function LineChart(props: LineChartProps) {
  const { title, xName, formatY, marker, waiting, xDomain } = props;
  const formatX = props.formatX ?? String;
  const titleId = useId();
  const { ref, width } = useElementSize();
  const [asTable, setAsTable] = useState(false);
  const [ownHover, setOwnHover] = useState<number | null>(null);
  const [ownHighlight, setOwnHighlight] = useState<string | null>(null);
  const hover = props.hover === undefined ? ownHover : props.hover;
  const onHover = props.onHover ?? setOwnHover;
  const highlight = props.highlight === undefined ? ownHighlight : props.highlight;
  const onHighlight = props.onHighlight ?? setOwnHighlight;

  const series = useMemo(
    () => props.series.map((line) => ({ ...line, points: drawable(line.points) })),
    [props.series],
  );
  const named = series.filter((line) => !line.faint && line.points.length > 0);
  const xs = useMemo(() => allX(series), [series]);
  const geometry = geometryOf(props, series, width);
  const labelled = labelledLines(geometry, named);
  const at = hover === null || xs.length === 0 ? null : xs[nearestPoint(xs, hover)].x;

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
      <div ref={ref} className={classes.body} style={{ height: geometry.height }}>
        {asTable && (
          <LineChartTable {...{ title, series: named, xName, formatX, formatY, xDomain }} height={geometry.height} />
        )}
        {!asTable && width > 0 && (
          <>
            <PlotSlider {...{ titleId, xs, at, onHover, named, xName, formatX, formatY, geometry }}>
              <Axes
                geometry={geometry}
                xDomain={xDomain}
                xName={xName}
                xStep={props.xStep}
                formatTickY={props.formatTickY ?? String}
              />
              <Marker geometry={geometry} marker={marker} />
              <Lines geometry={geometry} series={series} labelled={labelled} highlight={highlight} />
              <Crosshair geometry={geometry} named={named} at={at} />
            </PlotSlider>
            <EndLabels {...{ geometry, named, labelled, at, formatY, highlight, onHighlight }} />
            {named.length === 0 && waiting && (
              <div className={classes.waiting} style={{ left: geometry.left, right: geometry.right }}>
                {waiting}
              </div>
            )}
          </>
        )}
      </div>
      <Legend series={series} highlight={highlight} onHighlight={onHighlight} />
    </figure>
  );
});

/** Every x that has a point, ascending, as points so that `nearestPoint` can search them. */
function allX(series: readonly LineSeries[]): LinePoint[] {
  const all = new Set(series.filter((line) => !line.faint).flatMap((line) => line.points.map((point) => point.x)));
  return [...all].toSorted((a, b) => a - b).map((x) => ({ x, y: 0 }));
}
