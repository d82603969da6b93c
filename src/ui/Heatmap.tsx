import { VisuallyHidden } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import css from './Heatmap.module.css';
import { formatCount } from './format.ts';
import { LabelMarkIcon } from './LabelChip.tsx';

export interface HeatmapProps {
  /** Labels in list order: position decides colour and mark. */
  names: readonly string[];
  /** `names.length` squared, row-major, symmetric; the diagonal is each label's own count. */
  values: readonly number[];
  caption: string;
  /** "rows": what is counted. */
  unit: string;
  hovered: string | null;
  onHover: (name: string | null) => void;
  /** Further labels are left out, and said to be. */
  limit?: number;
}

/** How often two labels stand together: a table of numbers whose shade grows with the number. */
export function Heatmap({ names, values, caption, unit, hovered, onHover, limit = 12 }: HeatmapProps) {
  const [pointed, setPointed] = useState<[number, number] | null>(null);
  const shown = names.slice(0, limit);
  const at = (i: number, j: number) => values[i * names.length + j];
  const largest = Math.max(1, ...shown.flatMap((_, i) => shown.map((_other, j) => (i === j ? 0 : at(i, j)))));
  const leave = () => {
    setPointed(null);
    onHover(null);
  };
  return (
    <>
      <Sideways wide={shown.length > 8} label={caption}>
        <table
          className={css.grid}
          aria-label={caption}
          onPointerLeave={leave}
          style={{ minWidth: shown.length > 8 ? 160 + 38 * shown.length : undefined }}
        >
          <thead>
            <tr>
              <th scope="col" className={css.corner}>
                <VisuallyHidden>Label</VisuallyHidden>
              </th>
              {shown.map((name, j) => (
                <th key={name} scope="col" title={name} className={`${css.column} ${hovered === name ? css.hot : ''}`}>
                  <LabelMarkIcon index={j} />
                  <VisuallyHidden>{name}</VisuallyHidden>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((name, i) => (
              <tr key={name} onPointerEnter={() => onHover(name)}>
                <th scope="row" title={name} className={`${css.rowHead} ${hovered === name ? css.hot : ''}`}>
                  <span className={css.name}>
                    <LabelMarkIcon index={i} />
                    <span className={css.text}>{name}</span>
                  </span>
                </th>
                {shown.map((other, j) => (
                  <Cell
                    key={other}
                    value={at(i, j)}
                    own={i === j}
                    largest={largest}
                    onPoint={() => setPointed([i, j])}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p className={css.readout}>{readout(names, at, pointed, unit, limit)}</p>
    </>
  );
}

/** A wide map scrolls inside itself, and is then reachable by keyboard. */
function Sideways({ wide, label, children }: { wide: boolean; label: string; children: ReactNode }) {
  if (!wide) return children;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={css.scroll} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

// Cells are small: 1,105 is written 1.1k there, and in full in the read-out and in the table.
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumSignificantDigits: 2 });

function Cell({ value, own, largest, onPoint }: { value: number; own: boolean; largest: number; onPoint: () => void }) {
  // The square root keeps pairs of a few rows visible beside pairs of hundreds; 58 % is as dark as text can stand on.
  const shade = own || value === 0 ? 0 : 8 + 50 * Math.sqrt(value / largest);
  return (
    <td
      className={`${css.cell} ${own ? css.own : value === 0 ? css.none : css.shaded}`}
      style={
        shade > 0 ? { background: `color-mix(in srgb, var(--accent) ${shade.toFixed(1)}%, transparent)` } : undefined
      }
      onPointerEnter={onPoint}
    >
      {value === 0 ? '·' : value < 1000 ? value : compact.format(value).toLowerCase()}
    </td>
  );
}

function readout(
  names: readonly string[],
  at: (i: number, j: number) => number,
  pointed: [number, number] | null,
  unit: string,
  limit: number,
): string {
  if (!pointed)
    return names.length > limit ? `The ${limit} largest of ${names.length} labels.` : 'Point at a cell to read it.';
  const [i, j] = pointed;
  const count = formatCount(at(i, j));
  return i === j ? `${names[i]}: ${count} ${unit} in all` : `${names[i]} and ${names[j]} together: ${count} ${unit}`;
}
