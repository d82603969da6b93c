/** Which part of a table stands in one scrolled element: browsers limit how tall that may be. */

/** Firefox stops at about 17.8 million px and Chromium at 33.5 million. */
export const tallestBody = 15_000_000;

export interface Section {
  /** First and one past the last row. */
  first: number;
  end: number;
  /** This one among `count`, from 0. */
  index: number;
  count: number;
  /** Rows in every section but the last. */
  size: number;
}

/** The section that holds row `start`; the whole table where it is not too tall. Sections are round numbers of rows. */
export function sectionAt(start: number, total: number, rowHeight: number): Section {
  const most = Math.floor(tallestBody / rowHeight);
  if (total <= most) return { first: 0, end: total, index: 0, count: 1, size: total };
  const unit = 10 ** Math.floor(Math.log10(most));
  const size = Math.floor(most / unit) * unit;
  const count = Math.ceil(total / size);
  const index = Math.min(Math.floor(start / size), count - 1);
  return { first: index * size, end: Math.min(total, (index + 1) * size), index, count, size };
}
