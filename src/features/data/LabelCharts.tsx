import type { DataSummary } from '../../shared/dataset.ts';
import { BarChart } from '../../ui/BarChart.tsx';
import { ChartFrame } from '../../ui/ChartFrame.tsx';
import { formatPercent } from '../../ui/format.ts';
import { Heatmap } from '../../ui/Heatmap.tsx';
import css from './DataScreen.module.css';

export interface LabelChartsProps {
  summary: DataSummary;
  hovered: string | null;
  onHover: (label: string | null) => void;
  /** The label whose rows are shown now. */
  selected: string | null;
  onSelect: (label: string | null) => void;
}

/** How many rows carry each label, and which labels stand together; what is pointed at in one stands out in the other. */
export function LabelCharts({ summary, hovered, onHover, selected, onSelect }: LabelChartsProps) {
  const { labels, cooccurrence, rowCount } = summary;
  const names = labels.map((label) => label.name);
  const counts = labels.map(
    ({ name, rows }) => [name, rows, formatPercent(rowCount > 0 ? rows / rowCount : 0)] as const,
  );
  return (
    <div className={css.charts}>
      <div className={css.panel}>
        <ChartFrame title="Labels" minHeight={196} table={{ columns: ['Label', 'Rows', 'Share'], rows: counts }}>
          {labels.length === 0 ? (
            <p className={css.nothing}>No labels yet.</p>
          ) : (
            <BarChart
              bars={labels.map(({ name, rows }, index) => ({ name, index, value: rows }))}
              whole={rowCount}
              unit="rows"
              hovered={hovered}
              onHover={onHover}
              selected={selected}
              onSelect={(name) => onSelect(name === selected ? null : name)}
            />
          )}
        </ChartFrame>
      </div>
      <div className={css.panel}>
        <ChartFrame
          title="Labels together"
          minHeight={196}
          table={{ columns: ['Label', 'Together with', 'Rows'], rows: pairs(names, cooccurrence), nameColumns: 2 }}
        >
          {labels.length === 0 ? (
            <p className={css.nothing}>No labels yet.</p>
          ) : (
            <Heatmap
              names={names}
              values={cooccurrence}
              caption="Rows that carry both labels"
              unit="rows"
              hovered={hovered}
              onHover={onHover}
            />
          )}
        </ChartFrame>
      </div>
    </div>
  );
}

/** Pairs that occur, most frequent first. */
function pairs(names: readonly string[], cooccurrence: readonly number[]): (readonly [string, string, number])[] {
  return names
    .flatMap((first, i) =>
      names.slice(i + 1).map((second, k) => [first, second, cooccurrence[i * names.length + i + 1 + k]] as const),
    )
    .filter(([, , rows]) => rows > 0)
    .toSorted((a, b) => b[2] - a[2]);
}
