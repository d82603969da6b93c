/** The numbers behind a line chart. */
import classes from './LineChart.module.css';
import { nearestPoint, type LineSeries } from './lineGeometry.ts';
import { noValue } from './format.ts';
import { ScrollRegion } from './ScrollRegion.tsx';

const maxRows = 100;

export interface LineChartTableProps {
  title: string;
  series: readonly LineSeries[];
  xName: string;
  xDomain: readonly [number, number];
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  height: number;
}

/** Rows of the coarser lines (epochs) when there are some; else of all lines, thinned evenly. */
function rowPositions(series: readonly LineSeries[]): number[] {
  const coarse = series.filter((line) => line.points.length <= maxRows);
  const lines = coarse.length > 0 ? coarse : series;
  const xs = [...new Set(lines.flatMap((line) => line.points.map((point) => point.x)))].toSorted((a, b) => a - b);
  const every = Math.ceil(xs.length / maxRows);
  return xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
}

/** A table as tall as the chart it stands for. */
export function LineChartTable({ title, series, xName, xDomain, formatX, formatY, height }: LineChartTableProps) {
  const tolerance = (xDomain[1] - xDomain[0]) / 200;
  const cell = (line: LineSeries, x: number): string => {
    const point = line.points[nearestPoint(line.points, x)];
    return point && Math.abs(point.x - x) <= tolerance ? formatY(point.y) : noValue;
  };
  return (
    <ScrollRegion label={`${title}, table`} className={classes.table} style={{ height }}>
      <table>
        <thead>
          <tr>
            <th scope="col">{xName}</th>
            {series.map((line) => (
              <th key={line.id} scope="col">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowPositions(series).map((x) => (
            <tr key={x}>
              <th scope="row">{formatX(x)}</th>
              {series.map((line) => (
                <td key={line.id}>{cell(line, x)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
