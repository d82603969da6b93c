/** The plot of a line chart: a slider over what recharts draws, and the names at the line ends. A chunk of its own. */
import { useMemo, useState, type PointerEvent, type ReactNode } from 'react';
import classes from './LineChart.module.css';
import { CrosshairContext, LineChartDrawing } from './LineChartDrawing.tsx';
import { Swatch } from './LineChartLegend.tsx';
import {
  linearScale,
  nearestPoint,
  pointAt,
  spread,
  type DrawnSeries,
  type LinePoint,
  type LineSeries,
} from './lineGeometry.ts';
import { plotLayout, plotMargin, type PlotLayout, type PlotLayoutInput } from './linePlotLayout.ts';

const { top, bottom } = plotMargin;
const labelHeight = 16;

export interface LineChartPlotProps extends PlotLayoutInput {
  /** Id of the heading. */
  titleId: string;
  /** Finite points only, few enough to draw. */
  series: readonly DrawnSeries[];
  /** Every x that has a point, ascending. */
  xs: readonly LinePoint[];
  /** x of the crosshair, one of `xs`. */
  at: number | null;
  onHover: (x: number | null) => void;
  xName: string;
  formatX: (x: number) => string;
  marker: { x: number; label: string } | null;
  parts: readonly { x: number; label: string }[];
  highlight: string | null;
  onHighlight: (id: string | null) => void;
  /** Stands in the plot until there is a point. */
  waiting: string | undefined;
}

/** @see LineChartPlotProps */
export default function LineChartPlot(props: LineChartPlotProps) {
  const { series, at, marker, parts, highlight, onHighlight, xName, formatY, waiting } = props;
  const { width, height, xDomain, xStep, yDomain, formatTickY } = props;
  const named = useMemo(() => series.filter((line) => !line.faint && line.points.length > 0), [series]);
  const layout = useSame(plotLayout({ width, height, xDomain, xStep, yDomain, formatY, formatTickY }, named));
  const labelled = useMemo(() => labelledLines(named, height), [named, height]);
  return (
    <>
      <PlotSlider {...props} named={named} layout={layout}>
        <CrosshairContext value={at}>
          <LineChartDrawing {...{ layout, series, labelled, highlight, xDomain, xName, formatTickY, marker, parts }} />
        </CrosshairContext>
      </PlotSlider>
      <EndLabels {...{ layout, named, labelled, at, formatY, highlight, onHighlight }} />
      {named.length === 0 && waiting && (
        <div className={classes.waiting} style={{ left: layout.left, right: layout.right }}>
          {waiting}
        </div>
      )}
    </>
  );
}

/** The same object for as long as nothing in it changes, so that new points do not bring new axes. */
function useSame(layout: PlotLayout): PlotLayout {
  const [same, setSame] = useState(layout);
  if (JSON.stringify(same) === JSON.stringify(layout)) return same;
  setSame(layout);
  return layout;
}

interface PlotSliderProps extends LineChartPlotProps {
  layout: PlotLayout;
  named: readonly LineSeries[];
  children: ReactNode;
}

/** The drawing as a slider over its points: the pointer and the arrow keys move the crosshair, a screen reader hears the values. */
function PlotSlider(props: PlotSliderProps) {
  const { titleId, xs, at, onHover, named, xName, xDomain, formatX, formatY, layout, children } = props;
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onHover(linearScale([layout.left, layout.width - layout.right], xDomain)(pixel));
  };
  const index = at === null ? xs.length - 1 : nearestPoint(xs, at);
  const values = named.map((line) => `${line.name} ${formatY(pointAt(line, at).y)}`).join(', ');
  return (
    <div className={classes.plot} onPointerMove={onPointerMove} onPointerLeave={() => onHover(null)}>
      {children}
      {xs.length > 0 && (
        <input
          type="range"
          className={classes.slider}
          aria-labelledby={titleId}
          min={0}
          max={xs.length - 1}
          value={index}
          aria-valuetext={`${xName} ${formatX(xs[index].x)}: ${values}`}
          onChange={(event) => onHover(xs[Number(event.currentTarget.value)].x)}
          onBlur={() => onHover(null)}
        />
      )}
    </div>
  );
}

/** The lines that get a name at their end: all, or as many as there is room for and one row for the rest. */
function labelledLines(named: readonly LineSeries[], height: number): readonly LineSeries[] {
  const room = Math.floor((height - bottom - top + labelHeight) / labelHeight);
  return named.length > room ? named.slice(0, room - 1) : named;
}

interface EndLabelsProps {
  layout: PlotLayout;
  /** All lines with a name and a point. */
  named: readonly LineSeries[];
  /** Those of them that get a name at their end. */
  labelled: readonly LineSeries[];
  at: number | null;
  formatY: (y: number) => string;
  highlight: string | null;
  onHighlight: (id: string | null) => void;
}

/** Names and values at the line ends, moved apart; while the crosshair is shown, the values are those under it. */
function EndLabels(props: EndLabelsProps) {
  const { layout, named, labelled, at, formatY, highlight, onHighlight } = props;
  const { height, right, yDomain, withNames } = layout;
  const high = height - bottom - (labelled.length < named.length ? labelHeight : 0);
  const y = linearScale(yDomain, [height - bottom, top]);
  // Placed by the last value, so that names stand still under a moving crosshair.
  const ends = labelled.map((line) => y(line.points[line.points.length - 1].y));
  const places = spread(ends, labelHeight, top, high);
  const width = right - 6;
  return (
    <div aria-hidden="true">
      {labelled.map((line, i) => (
        <div
          key={line.id}
          className={`${classes.label} ${highlight !== null && highlight !== line.id ? classes.dimmed : ''}`}
          style={{ top: places[i] - labelHeight / 2, width }}
          title={line.name}
          onPointerEnter={() => onHighlight(line.id)}
          onPointerLeave={() => onHighlight(null)}
        >
          <Swatch line={line} />
          <span>
            <b className="tabular">{formatY(pointAt(line, at).y)}</b> {withNames && line.name}
          </span>
        </div>
      ))}
      {labelled.length < named.length && (
        <div className={classes.label} style={{ top: height - bottom - labelHeight / 2, width, color: 'var(--muted)' }}>
          {withNames
            ? `and ${named.length - labelled.length} more in the table`
            : `+ ${named.length - labelled.length}`}
        </div>
      )}
    </div>
  );
}
