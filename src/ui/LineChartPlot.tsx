/** The parts of a line chart that are drawn: axes, lines, crosshair, names at the line ends. */
import { useId, type PointerEvent, type ReactNode } from 'react';
import classes from './LineChart.module.css';
import { linePath, nearestPoint, niceTicks, spread, type LinePoint, type LineSeries } from './lineGeometry.ts';

export const plotMargin = { top: 18, bottom: 40 };
const { top, bottom } = plotMargin;
const labelHeight = 16;

/** Where things are, in pixels of the drawing. */
export interface Geometry {
  width: number;
  height: number;
  /** Room for the figures of the y axis. */
  left: number;
  /** Room for the names and figures at the line ends. */
  right: number;
  /** False on narrow pages: the names then stand below the plot. */
  withNames: boolean;
  x: (value: number) => number;
  y: (value: number) => number;
  yDomain: readonly [number, number];
}

function valueAt(line: LineSeries, at: number | null): LinePoint {
  return line.points[at === null ? line.points.length - 1 : nearestPoint(line.points, at)];
}

interface PlotSliderProps {
  titleId: string;
  xs: LinePoint[];
  at: number | null;
  onHover: (x: number | null) => void;
  named: readonly LineSeries[];
  xName: string;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  geometry: Geometry;
  children: ReactNode;
}

/** The drawing as a slider over its points: the pointer and the arrow keys move the crosshair, a screen reader hears the values. */
export function PlotSlider(props: PlotSliderProps) {
  const { titleId, xs, at, onHover, named, xName, formatX, formatY, geometry, children } = props;
  const { width, height } = geometry;
  const index = at === null ? xs.length - 1 : nearestPoint(xs, at);
  const svg = (
    <svg width={width} height={height} aria-hidden="true" style={{ display: 'block' }}>
      {children}
    </svg>
  );
  if (xs.length === 0) return svg;

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const first = geometry.x(xs[0].x);
    const last = geometry.x(xs[xs.length - 1].x);
    const share = last === first ? 0 : (pixel - first) / (last - first);
    onHover(xs[0].x + share * (xs[xs.length - 1].x - xs[0].x));
  };
  const values = named.map((line) => `${line.name} ${formatY(valueAt(line, at).y)}`).join(', ');
  return (
    <div className={classes.plot} onPointerMove={onPointerMove} onPointerLeave={() => onHover(null)}>
      {svg}
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
    </div>
  );
}

interface AxesProps {
  geometry: Geometry;
  xDomain: readonly [number, number];
  xName: string;
  xStep: number | undefined;
  formatTickY: (y: number) => string;
}

/** Grid lines with their figures, and the counts below. */
export function Axes({ geometry, xDomain, xName, xStep, formatTickY }: AxesProps) {
  const { width, height, left, right, x, y, yDomain } = geometry;
  const end = width - right;
  return (
    <>
      {niceTicks(yDomain, 5).map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={left} x2={end} y1={y(tick)} y2={y(tick)} />
          <text className={classes.tick} x={left - 8} y={y(tick) + 4} textAnchor="end">
            {formatTickY(tick)}
          </text>
        </g>
      ))}
      {niceTicks(xDomain, Math.max(2, (end - left) / 40), xStep).map((tick) => (
        <text key={tick} className={classes.tick} x={x(tick)} y={height - bottom + 18} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text className={classes.tick} x={end} y={height - 5} textAnchor="end">
        {xName} →
      </text>
    </>
  );
}

/** A vertical line with words. */
export function Marker({
  geometry,
  marker,
}: {
  geometry: Geometry;
  marker: { x: number; label: string } | null | undefined;
}) {
  if (!marker) return null;
  const at = geometry.x(marker.x);
  // Words on the side with more room.
  const before = at > (geometry.left + geometry.width - geometry.right) / 2;
  return (
    <>
      <line className={classes.best} x1={at} x2={at} y1={top - 14} y2={geometry.height - bottom} />
      <text className={classes.tick} x={at + (before ? -5 : 5)} y={top - 6} textAnchor={before ? 'end' : 'start'}>
        {marker.label}
      </text>
    </>
  );
}

interface LinesProps {
  geometry: Geometry;
  series: readonly LineSeries[];
  /** Lines that have a name at their end; the others stay in the background. */
  labelled: readonly LineSeries[];
  highlight: string | null;
}

/** The lines; a single point is a dot. Faint lines are cut where they leave the plot. */
export function Lines({ geometry, series, labelled, highlight }: LinesProps) {
  const { x, y, width, height, left, right } = geometry;
  const clip = useId();
  return (
    <>
      <clipPath id={clip}>
        <rect x={left} y={top - 2} width={Math.max(0, width - right - left + 2)} height={height - bottom - top + 4} />
      </clipPath>
      {series.map((line) => {
        const back = highlight === null ? !line.faint && !labelled.includes(line) : highlight !== line.id;
        const dimmed = back ? classes.dimmed : '';
        const [first] = line.points;
        return line.points.length === 1 && !line.faint ? (
          <circle key={line.id} className={dimmed} cx={x(first.x)} cy={y(first.y)} r={3} fill={line.colour} />
        ) : (
          <path
            key={line.id}
            className={`${classes.line} ${line.faint ? classes.faint : ''} ${dimmed}`}
            d={linePath(line.points, x, y)}
            stroke={line.colour}
            strokeDasharray={line.dash}
            clipPath={line.faint ? `url(#${clip})` : undefined}
          />
        );
      })}
    </>
  );
}

/** The hovered x and the point of each line that is nearest to it. */
export function Crosshair({
  geometry,
  named,
  at,
}: {
  geometry: Geometry;
  named: readonly LineSeries[];
  at: number | null;
}) {
  if (at === null) return null;
  const x = geometry.x(at);
  return (
    <>
      <line className={classes.cross} x1={x} x2={x} y1={top} y2={geometry.height - bottom} />
      {named.map((line) => {
        const point = valueAt(line, at);
        return (
          <circle
            key={line.id}
            cx={geometry.x(point.x)}
            cy={geometry.y(point.y)}
            r={3.5}
            fill={line.colour}
            stroke="var(--surface)"
          />
        );
      })}
    </>
  );
}

/** The lines that get a name at their end: all, or as many as there is room for and one row for the rest. */
export function labelledLines(geometry: Geometry, named: readonly LineSeries[]): readonly LineSeries[] {
  const room = Math.floor((geometry.height - bottom - top + labelHeight) / labelHeight);
  return named.length > room ? named.slice(0, room - 1) : named;
}

interface EndLabelsProps {
  geometry: Geometry;
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
export function EndLabels(props: EndLabelsProps) {
  const { geometry, named, labelled: shown, at, formatY, highlight, onHighlight } = props;
  const { height, right, y, withNames } = geometry;
  const low = top;
  const high = height - bottom - (shown.length < named.length ? labelHeight : 0);
  // Placed by the last value, so that names stand still under a moving crosshair.
  const places = spread(
    shown.map((line) => y(valueAt(line, null).y)),
    labelHeight,
    low,
    high,
  );
  const width = right - 6;
  return (
    <div aria-hidden="true">
      {shown.map((line, i) => (
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
            <b className="tabular">{formatY(valueAt(line, at).y)}</b> {withNames && line.name}
          </span>
        </div>
      ))}
      {shown.length < named.length && (
        <div className={classes.label} style={{ top: height - bottom - labelHeight / 2, width, color: 'var(--muted)' }}>
          {withNames ? `and ${named.length - shown.length} more in the table` : `+ ${named.length - shown.length}`}
        </div>
      )}
    </div>
  );
}

function Swatch({ line }: { line: LineSeries }) {
  return (
    <svg width="14" height="4" style={{ flex: 'none' }} aria-hidden="true">
      <line x1="0" x2="14" y1="2" y2="2" stroke={line.colour} strokeWidth="2.5" strokeDasharray={line.dash} />
    </svg>
  );
}

/** Names of all lines in a row below the plot, for narrow pages; there before the first point, so that nothing moves then. */
export function Legend({
  series,
  highlight,
  onHighlight,
}: Pick<EndLabelsProps, 'highlight' | 'onHighlight'> & { series: readonly LineSeries[] }) {
  return (
    <ul className={classes.legend} aria-hidden="true">
      {series
        .filter((line) => !line.faint)
        .map((line) => (
          <li
            key={line.id}
            className={highlight !== null && highlight !== line.id ? classes.dimmed : undefined}
            onPointerEnter={() => onHighlight(line.id)}
            onPointerLeave={() => onHighlight(null)}
          >
            <Swatch line={line} />
            {line.name}
          </li>
        ))}
    </ul>
  );
}
