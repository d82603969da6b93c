/** What is a label where tables are read, corrected, and on the page. */
import { isFormula } from './formula.ts';

/** What stands in cells for "nothing": exports of data tools, and a lone dash. */
const missingWords: ReadonlySet<string> = new Set(['', 'nan', 'null', 'n/a', '#n/a', 'na', '-', '\u2013', '\u2014']);

/** Longer ones are sentences in the wrong column. */
const longestLabel = 200;

/** True for a cell that says "nothing here". */
export function isMissing(cell: string): boolean {
  return missingWords.has(cell.trim().toLowerCase());
}

/** Spellings that differ only in case, width or composition are one label. */
export function labelKey(label: string): string {
  // Labels repeat by the hundred thousand; normalising plain ones would cost more than all the rest.
  return (/^[ -~]*$/.test(label) ? label : label.normalize('NFKC')).toLowerCase();
}

/**
 * Why a label cannot be new in a table; null where it can.
 * @param separator as `CorrectionState`
 */
export function newLabelProblem(name: string, separator: string | null): string | null {
  if (separator === null) return 'each label of this table is a column of its own, add one in the file';
  if (isMissing(name)) return name === '' ? 'a label has letters' : `“${name}” stands for no label in tables`;
  if (isFormula(name)) return `a spreadsheet would take “${name}” for a formula`;
  if (name.length > longestLabel) return `a label has at most ${longestLabel} characters`;
  if (separator !== '' && name.includes(separator)) return `“${separator}” stands between labels in this table`;
  return null;
}
