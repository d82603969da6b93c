/** Which rows of a long table stand in view. Rows have one height, so every answer is arithmetic: no per-row measurements. */

/** Firefox clamps elements at about 17.9 million px and Chromium at 33.5 million; taller tables are compressed to this. */
export const maxBodyHeight = 12_000_000;

export interface RowGeometry {
  total: number;
  /** px */
  rowHeight: number;
  /** Height of the part that shows rows, px. */
  viewHeight: number;
}

export interface RowWindow {
  /** First and one past the last row to draw. */
  first: number;
  end: number;
  /** Height of the scrolled element, px. */
  bodyHeight: number;
  /** Rows' own px that one px of scrolling stands for; 1 unless the table is taller than browsers allow. */
  ratio: number;
  /** Where row `first` stands in the scrolled element, px. */
  top: number;
}

/** The rows to draw at a scroll position, with `overscan` more on both sides. */
export function rowWindow(geometry: RowGeometry, scrollTop: number, overscan = 8): RowWindow {
  const { total, rowHeight, viewHeight } = geometry;
  const fullHeight = total * rowHeight;
  const bodyHeight = Math.min(fullHeight, maxBodyHeight);
  const ratio = bodyHeight > viewHeight ? (fullHeight - viewHeight) / (bodyHeight - viewHeight) : 1;
  const scrolled = Math.max(0, Math.min(scrollTop, bodyHeight - viewHeight));
  const offset = scrolled * ratio;
  const first = Math.max(0, Math.floor(offset / rowHeight) - overscan);
  const end = Math.min(total, Math.ceil((offset + viewHeight) / rowHeight) + overscan);
  return { first, end, bodyHeight, ratio, top: first * rowHeight - offset + scrolled };
}
