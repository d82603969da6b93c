/**
 * A curve in the unit square, such as precision over recall, with a point on it that can be dragged: for shares against shares, where
 * both axes are fixed and steps may be vertical, which `LineChart` is not made for. recharts draws axes and curve, from the chunk that
 * the line charts use; the point is an element over them, so that dragging it redraws nothing else.
 */
import { useElementSize } from '@mantine/hooks';
import { createElement, type ComponentType } from 'react';
import { ChartFrame, type ChartTable } from './ChartFrame.tsx';
import { drawingCode } from './drawingCode.ts';
import classes from './UnitChart.module.css';
import { UnitHandle, type UnitChartHandle } from './UnitHandle.tsx';
import { toPixels, type UnitPoint } from './unitGeometry.ts';
import type { UnitPlotProps } from './UnitPlot.tsx';

export interface UnitChartProps {
  title: string;
  xName: string;
  yName: string;
  /** In drawing order; few enough to draw. Empty: `waiting` stands in the plot. */
  curve: readonly UnitPoint[];
  colour: string;
  /** Marks the points of the curve, where they are measurements rather than steps. */
  dots?: boolean;
  /** A dashed line from (0, 0) to (1, 1) with its name: what chance or a perfect model would give. */
  diagonal?: string;
  /** Points of note on the curve, named on hover. */
  rings?: readonly (UnitPoint & { name: string })[];
  handle?: UnitChartHandle;
  table: ChartTable;
  note?: string;
  /** Why there is no curve. */
  waiting?: string;
  /** Pixels of the plot with its axes. */
  height?: number;
}

const { useDrawing: useUnitPlot } = drawingCode<ComponentType<UnitPlotProps>>(() => import('./UnitPlot.tsx'));

/** @see UnitChartProps */
export function UnitChart(props: UnitChartProps) {
  const { title, curve, handle, rings = [], table, note, waiting, height = 284 } = props;
  const { xName, yName, colour, dots = false, diagonal } = props;
  const { ref, width } = useElementSize();
  const Plot = useUnitPlot();
  const empty = curve.length === 0;
  const ready = width > 0;
  return (
    <ChartFrame title={title} table={table} minHeight={height} note={note}>
      <div ref={ref} className={classes.stage} style={{ height }}>
        {/* Without the code there is the table all the same. */}
        {ready &&
          Plot &&
          Plot !== 'failed' &&
          createElement(Plot, { curve, width, height, xName, colour, dots, diagonal })}
        <span className={classes.yName} aria-hidden="true">
          {yName} ↑
        </span>
        {ready &&
          !empty &&
          rings.map((ring) => {
            const { left, top } = toPixels(ring, width, height);
            return <span key={ring.name} className={classes.ring} style={{ left, top }} title={ring.name} />;
          })}
        {ready && !empty && handle && <UnitHandle {...handle} colour={colour} width={width} height={height} />}
        {empty && waiting !== undefined && <p className={classes.waiting}>{waiting}</p>}
      </div>
    </ChartFrame>
  );
}
