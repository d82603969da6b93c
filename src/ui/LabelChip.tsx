import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { labelStyle, type LabelMark } from './labelStyle.ts';

const shapes: Record<LabelMark, ReactNode> = {
  circle: <circle cx="5" cy="5" r="4" />,
  square: <rect x="1.2" y="1.2" width="7.6" height="7.6" />,
  triangle: <path d="M5 0.8 9.4 9H0.6z" />,
  diamond: <path d="M5 0.4 9.6 5 5 9.6 0.4 5z" />,
  plus: <path d="M3.6 0.8h2.8v2.8h2.8v2.8H6.4v2.8H3.6V6.4H0.8V3.6h2.8z" />,
  ring: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  star: <path d="M5 0.4 6.3 3.6 9.7 3.9 7.1 6.1 7.9 9.5 5 7.7 2.1 9.5 2.9 6.1 0.3 3.9 3.7 3.6z" />,
  bar: <rect x="0.6" y="3.2" width="8.8" height="3.6" />,
};

/** The mark of the label at `index`, 10 px, in its colour. */
export function LabelMarkIcon({ index, size = 10 }: { index: number; size?: number }) {
  const style = labelStyle(index);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 10 10"
      aria-hidden="true"
      style={{ color: style.colour, flex: 'none' }}
    >
      <g fill="currentColor">{shapes[style.mark]}</g>
    </svg>
  );
}

/** A label's name behind its mark. `quiet`: without the border, for dense tables. */
export function LabelChip({ name, index, quiet = false }: { name: string; index: number; quiet?: boolean }) {
  return (
    <Text
      component="span"
      size="sm"
      style={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 6,
        padding: quiet ? 0 : '1px 8px',
        borderRadius: 999,
        border: quiet ? undefined : '1px solid var(--line)',
        whiteSpace: 'nowrap',
      }}
    >
      <LabelMarkIcon index={index} />
      {name}
    </Text>
  );
}
