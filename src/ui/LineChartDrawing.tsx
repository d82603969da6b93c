/** What recharts draws of a line chart: axes, grid, lines, the marked x, the crosshair. */
import { createContext, memo, use } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import classes from './LineChart.module.css';
import { pointAt, type DrawnSeries, type LinePoint, type LineSeries } from './lineGeometry.ts';
import { characterWidth, plotMargin, type PlotLayout } from './linePlotLayout.ts';

/** x of the crosshair. A context, so that a moving crosshair does not redraw the lines. */
export const CrosshairContext = createContext<number | null>(null);

export interface LineChartDrawingProps {
  layout: PlotLayout;
  series: readonly DrawnSeries[];
  /** Lines that have a name at their end; the others stay in the background. */
  labelled: readonly LineSeries[];
  highlight: string | null;
  xDomain: readonly [number, number];
  xName: string;
  formatTickY: (y: number) => string;
  marker: { x: number; label: string } | null;
  /** Where parts of the lines begin, with their names. */
  parts: readonly { x: number; label: string }[];
}

const text = { fill: 'var(--muted)', fontSize: 12 };
/** Axis of the faint lines, which are cut where they leave the plot. */
const cutAxis = 'cut';

/** Drawn anew only when a prop is another one. @see LineChartDrawingProps */
export const LineChartDrawing = memo(function LineChartDrawing(props: LineChartDrawingProps) {
  const { layout, series, labelled, highlight, xDomain, xName, formatTickY, marker, parts } = props;
  const { width, height, right } = layout;
  /** Of one unit of x. */
  const pixels = (width - layout.left - right) / (xDomain[1] - xDomain[0] || 1);
  const dimmed = (line: LineSeries): boolean =>
    highlight === null ? !line.faint && !labelled.includes(line) : highlight !== line.id;
  return (
    <LineChart
      className={classes.drawing}
      width={width}
      height={height}
      margin={{ top: plotMargin.top, right, bottom: 0, left: 0 }}
      // The slider over the drawing is what keyboards and screen readers use.
      accessibilityLayer={false}
    >
      <Axes {...{ layout, xDomain, xName, formatTickY }} />
      {marker && <Marker {...marker} before={marker.x > (xDomain[0] + xDomain[1]) / 2} />}
      {parts.map(({ x, label }, i) => {
        const room = pixels * ((parts[i + 1]?.x ?? xDomain[1]) - x);
        return <Marker key={x} x={x} label={label.length * characterWidth < room ? label : ''} before={false} />;
      })}
      {series.flatMap(drawnParts).map(({ line, points, key }) => (
        <Line
          key={key}
          className={dimmed(line) ? classes.dimmed : undefined}
          data={points}
          dataKey="y"
          yAxisId={line.faint ? cutAxis : 0}
          type="linear"
          stroke={line.colour}
          strokeWidth={line.faint ? 1 : 2}
          strokeOpacity={line.faint ? 0.3 : 1}
          strokeDasharray={line.dash}
          strokeLinejoin="round"
          dot={points.length === 1 && { fill: line.colour, strokeWidth: 0, clipDot: false }}
          activeDot={false}
          isAnimationActive={false}
          zIndex={0}
        />
      ))}
      <Crosshair series={series} />
    </LineChart>
  );
});

/** The parts of a line that are drawn. One point is a dot; behind the line it belongs to, that would only be in the way. */
function drawnParts(line: DrawnSeries): { line: DrawnSeries; points: readonly LinePoint[]; key: string }[] {
  return line.parts.flatMap((points, i) =>
    points.length > (line.faint ? 1 : 0) ? [{ line, points, key: `${line.id} ${i}` }] : [],
  );
}

type AxesProps = Pick<LineChartDrawingProps, 'layout' | 'xDomain' | 'xName' | 'formatTickY'>;

/** Memoised as a whole: an axis that is given new props has recharts work out every scale again. */
const Axes = memo(function Axes({ layout, xDomain, xName, formatTickY }: AxesProps) {
  const { left, yDomain } = layout;
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" zIndex={0} />
      <XAxis
        type="number"
        dataKey="x"
        // Spares recharts a walk through all points for the domain.
        allowDataOverflow
        domain={[...xDomain]}
        ticks={layout.xTicks}
        interval={0}
        height={plotMargin.bottom}
        axisLine={false}
        tickLine={false}
        tickMargin={3}
        tick={text}
        label={{ value: `${xName} →`, position: 'insideBottomRight', offset: 5, dx: 5, ...text }}
      />
      <YAxis
        domain={yDomain}
        ticks={layout.yTicks}
        interval={0}
        width={left}
        axisLine={false}
        tickLine={false}
        tick={text}
        tickFormatter={formatTickY}
      />
      <YAxis yAxisId={cutAxis} hide domain={yDomain} allowDataOverflow />
    </>
  );
});

interface MarkerProps {
  x: number;
  label: string;
  /** The words stand before the line, else after it. */
  before: boolean;
}

/** A vertical line with words above the plot. Memoised for the reason that the axes are. */
const Marker = memo(function Marker({ x, label, before }: MarkerProps) {
  return (
    <ReferenceLine
      x={x}
      stroke="var(--muted)"
      strokeDasharray="2 3"
      label={{ value: label, position: before ? 'insideTopRight' : 'insideTopLeft', dy: -20, ...text, zIndex: 0 }}
      zIndex={0}
    />
  );
});

/** The hovered x and the point of each line that is nearest to it. */
function Crosshair({ series }: { series: readonly LineSeries[] }) {
  const at = use(CrosshairContext);
  if (at === null) return null;
  return (
    <>
      <ReferenceLine x={at} stroke="var(--muted)" zIndex={0} />
      {series
        .filter((line) => !line.faint && line.points.length > 0)
        .map((line) => (
          <ReferenceDot
            key={line.id}
            {...pointAt(line, at)}
            r={3.5}
            fill={line.colour}
            stroke="var(--surface)"
            zIndex={0}
          />
        ))}
    </>
  );
}
