import { Button } from '@mantine/core';
import { useState } from 'react';
import css from './BarChart.module.css';
import { formatCount, formatPercent } from './format.ts';
import { LabelMarkIcon } from './LabelChip.tsx';
import { labelStyle } from './labelStyle.ts';

export interface Bar {
  name: string;
  /** Position in the label list: decides colour and mark. */
  index: number;
  value: number;
}

export interface BarChartProps {
  bars: readonly Bar[];
  /** What 100 % is. */
  whole: number;
  /** "rows": said after each value to assistive technology. */
  unit: string;
  hovered: string | null;
  onHover: (name: string | null) => void;
  selected?: string | null;
  onSelect?: (name: string) => void;
  /** Further bars are folded away. */
  limit?: number;
}

/** Horizontal bars, one a label, named and numbered directly; a bar can be pointed at and chosen. */
export function BarChart({ bars, limit = 12, ...props }: BarChartProps) {
  const [unfolded, setUnfolded] = useState(false);
  const largest = Math.max(1, ...bars.map((bar) => bar.value));
  const shown = unfolded ? bars : bars.slice(0, limit);
  return (
    <>
      <ul className={css.list} onPointerLeave={() => props.onHover(null)}>
        {shown.map((bar) => (
          <BarRow key={bar.name} bar={bar} largest={largest} {...props} />
        ))}
      </ul>
      {bars.length > limit && (
        <Button variant="subtle" size="compact-xs" mt={4} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? `Show the first ${limit}` : `Show all ${bars.length}`}
        </Button>
      )}
    </>
  );
}

type BarRowProps = Omit<BarChartProps, 'bars' | 'limit'> & { bar: Bar; largest: number };

function BarRow({ bar, largest, whole, unit, hovered, onHover, selected, onSelect }: BarRowProps) {
  const share = whole > 0 ? bar.value / whole : 0;
  const count = formatCount(bar.value);
  const className = [css.row, hovered === bar.name && css.hot, selected === bar.name && css.selected]
    .filter((name) => typeof name === 'string')
    .join(' ');
  const content = (
    <>
      <span
        className={css.bar}
        style={{
          width: `${(100 * bar.value) / largest}%`,
          background: `color-mix(in srgb, ${labelStyle(bar.index).colour} 24%, transparent)`,
        }}
      />
      <span className={css.name} title={bar.name}>
        <LabelMarkIcon index={bar.index} />
        <span className={css.text}>{bar.name}</span>
      </span>
      <span className={css.value}>
        {count} <span className={css.share}>{formatPercent(share)}</span>
      </span>
    </>
  );
  return (
    <li onPointerEnter={() => onHover(bar.name)}>
      {onSelect ? (
        <button
          type="button"
          className={className}
          aria-pressed={selected === bar.name}
          aria-label={`${bar.name}: ${count} ${unit}, ${formatPercent(share)}`}
          onClick={() => onSelect(bar.name)}
          onFocus={() => onHover(bar.name)}
          onBlur={() => onHover(null)}
        >
          {content}
        </button>
      ) : (
        <div className={className}>{content}</div>
      )}
    </li>
  );
}
