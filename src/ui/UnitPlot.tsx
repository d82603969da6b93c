/** What recharts draws of a chart in the unit square. A chunk of its own, with the line charts'. */
import { memo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { unitMargin, type UnitPoint } from './unitGeometry.ts';

export interface UnitPlotProps {
  curve: readonly UnitPoint[];
  width: number;
  height: number;
  xName: string;
  colour: string;
  dots: boolean;
  diagonal: string | undefined;
}

const text = { fill: 'var(--muted)', fontSize: 12 };
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
const corners = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
] as const;

/** Drawn anew only when a prop is another one. @see UnitPlotProps */
const UnitPlot = memo(function UnitPlot({ curve, width, height, xName, colour, dots, diagonal }: UnitPlotProps) {
  const { left, right, top, bottom } = unitMargin;
  const axis = {
    type: 'number',
    domain: [0, 1],
    ticks,
    interval: 0,
    axisLine: false,
    tickLine: false,
    tick: text,
  } as const;
  return (
    <LineChart
      width={width}
      height={height}
      margin={{ top, right, bottom: 0, left: 0 }}
      // The slider over the drawing and the table are what keyboards and screen readers use.
      accessibilityLayer={false}
      style={{ pointerEvents: 'none', fontVariantNumeric: 'tabular-nums' }}
    >
      <CartesianGrid stroke="var(--line)" zIndex={0} />
      <XAxis
        {...axis}
        dataKey="x"
        allowDataOverflow
        height={bottom}
        tickMargin={4}
        label={{ value: `${xName} →`, position: 'insideBottomRight', offset: 4, ...text }}
      />
      <YAxis {...axis} width={left} />
      {diagonal !== undefined && (
        <ReferenceLine
          segment={corners}
          stroke="var(--muted)"
          strokeDasharray="4 4"
          label={{ value: diagonal, position: 'center', dx: 28, dy: 12, ...text }}
          zIndex={0}
        />
      )}
      <Line
        data={curve}
        dataKey="y"
        type="linear"
        stroke={colour}
        strokeWidth={2}
        strokeLinejoin="round"
        dot={dots && { r: 3.5, fill: colour, strokeWidth: 0 }}
        activeDot={false}
        isAnimationActive={false}
        zIndex={0}
      />
    </LineChart>
  );
});

export default UnitPlot;
