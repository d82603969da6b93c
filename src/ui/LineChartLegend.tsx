/** The names of the lines of a chart beside a sample of their look. */
import classes from './LineChart.module.css';
import type { LineSeries } from './lineGeometry.ts';

export interface LineChartLegendProps {
  series: readonly LineSeries[];
  highlight: string | null;
  onHighlight: (id: string | null) => void;
}

/** Names of all lines in a row below the plot, for narrow pages; there before the first point, so that nothing moves then. */
export function LineChartLegend({ series, highlight, onHighlight }: LineChartLegendProps) {
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

/** A short piece of the line, with its colour and dashes. */
export function Swatch({ line }: { line: LineSeries }) {
  return (
    <svg width="14" height="4" style={{ flex: 'none' }} aria-hidden="true">
      <line x1="0" x2="14" y1="2" y2="2" stroke={line.colour} strokeWidth="2.5" strokeDasharray={line.dash} />
    </svg>
  );
}
