/** The change log as CSV, and back: a row of the table, what it carried, what it carries, why, and when. */
import Papa from 'papaparse';
import type { Correction } from '../shared/corrections.ts';
import { RungError } from '../shared/errors.ts';
import { escapeFormula } from './predictionsCsv.ts';
import { readFile } from './readFile.ts';

const header = ['Row', 'Title', 'Before', 'After', 'Decision', 'Why', 'When'] as const;
const mostBytes = 100e6;

/** UTF-8 with mark and CRLF, as Excel wants it; cells that would run as formulas are escaped. */
export function writeChangeLog(log: readonly Correction[]): string {
  const rows = log.map(({ row, title, before, after, why, when }) => [
    row,
    escapeFormula(title),
    escapeFormula(joinLabels(before)),
    escapeFormula(joinLabels(after)),
    joinLabels(before) === joinLabels(after) ? 'kept' : 'changed',
    escapeFormula(why),
    new Date(when).toISOString(),
  ]);
  return `\ufeff${Papa.unparse([[...header], ...rows], { newline: '\r\n' })}\r\n`;
}

/** @throws RungError `file-corrupt` naming what is wrong, or as reading any table */
export async function readChangeLog(file: File): Promise<Correction[]> {
  if (file.size > mostBytes) {
    const message = `Reading ${file.name}: a change log of ${file.size} bytes is more than Rung reads (${mostBytes}).`;
    throw new RungError('file-too-large', message, 'Choose the change log of one table.');
  }
  const { columns, cells, rowCount } = await readFile(file, { header: true }, () => undefined);
  const column = (name: (typeof header)[number]): string[] => {
    const position = columns.indexOf(name);
    if (position >= 0) return cells[position];
    throw corrupt(file, `it has no column “${name}”`);
  };
  const [rows, titles, befores, afters] = [column('Row'), column('Title'), column('Before'), column('After')];
  const [whys, whens] = [column('Why'), column('When')];
  return Array.from({ length: rowCount }, (_, i) => {
    const row = Number(rows[i]);
    const when = Date.parse(whens[i]);
    if (!Number.isInteger(row) || row < 1) throw corrupt(file, `line ${i + 2} names the row “${rows[i].slice(0, 40)}”`);
    if (Number.isNaN(when)) throw corrupt(file, `line ${i + 2} has the time “${whens[i].slice(0, 40)}”`);
    return {
      row,
      title: unescapeFormula(titles[i]),
      before: splitLabels(unescapeFormula(befores[i])),
      after: splitLabels(unescapeFormula(afters[i])),
      why: unescapeFormula(whys[i]),
      when,
    };
  });
}

function corrupt(file: File, what: string): RungError {
  const message = `Reading ${file.name} as a change log: ${what}.`;
  return new RungError('file-corrupt', message, 'Use a change log as Rung wrote it.');
}

/** "Manager; Director"; a semicolon inside a name is written \; and a backslash \\. */
function joinLabels(names: readonly string[]): string {
  return names.map((name) => name.replace(/[\\;]/g, String.raw`\$&`)).join('; ');
}

function splitLabels(cell: string): string[] {
  const names = cell.match(/(?:\\.|[^\\;])+/gs) ?? [];
  return names.map((name) => name.replace(/\\(.)/gs, '$1').trim()).filter((name) => name !== '');
}

/** The inverse of `escapeFormula`. */
function unescapeFormula(cell: string): string {
  return cell.startsWith("'") && escapeFormula(cell.slice(1)) === cell ? cell.slice(1) : cell;
}
