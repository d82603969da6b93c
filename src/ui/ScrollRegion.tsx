import type { CSSProperties, ReactNode } from 'react';

export interface ScrollRegionProps {
  label: string;
  /** Says which way it scrolls, and how large it may grow. */
  className: string;
  style?: CSSProperties;
  children: ReactNode;
}

/** A named frame that scrolls, by keyboard too. */
export function ScrollRegion({ label, children, ...frame }: ScrollRegionProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <section {...frame} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
