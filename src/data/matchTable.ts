/** Matches as a CSV file: each title with its best entries, a code, a title and a score each. */
import Papa from 'papaparse';
import type { MatchTable } from '../shared/matching.ts';
import { isBlank, unpackStrings } from '../shared/strings.ts';
import { escapeFormula } from './predictionsCsv.ts';

const rowsPerChunk = 5000;
const decimals = 4;

/** UTF-8 with mark, CRLF; cells that would run as formulas are escaped; nothing beside a cell without a title. */
export function writeMatches({ titles, matches, codes, names }: MatchTable): Blob {
  const [codeOf, nameOf] = [unpackStrings(codes), unpackStrings(names)].map((list) => list.map(escapeFormula));
  const { count, entries, scores } = matches;
  const header = [
    'Title',
    ...Array.from({ length: count }, (_, i) => [`Code ${i + 1}`, `Match ${i + 1}`, `Score ${i + 1}`]).flat(),
  ];
  const rows = unpackStrings(titles).map((title, row) => {
    const cells = [escapeFormula(title)];
    for (let at = row * count; at < (row + 1) * count; at++)
      cells.push(
        ...(isBlank(title) ? ['', '', ''] : [codeOf[entries[at]], nameOf[entries[at]], scores[at].toFixed(decimals)]),
      );
    return cells;
  });
  // Excel takes a file without the mark for Windows-1252.
  const parts = ['\ufeff'];
  const all = [header, ...rows];
  for (let at = 0; at < all.length; at += rowsPerChunk)
    parts.push(`${Papa.unparse(all.slice(at, at + rowsPerChunk), { newline: '\r\n' })}\r\n`);
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}
