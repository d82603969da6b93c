/** Titles of the map as CSV, for a spreadsheet. */
import Papa from 'papaparse';
import { escapeFormula } from '../../data/predictionsCsv.ts';
import { labelsAt, type MapData } from './mapData.ts';

/** Row, title, labels and, where there are some, predicted labels of these points. Cells that would run as formulas are escaped. */
export function mapCsv(map: MapData, points: readonly number[]): string {
  const { rows, titles, labels, predicted, labelNames } = map;
  const names = (flags: Uint8Array, point: number): string =>
    escapeFormula(
      labelsAt(flags, point, labelNames.length)
        .map((label) => labelNames[label])
        .join('; '),
    );
  const lines = points.map((point) => {
    const line = [rows[point], escapeFormula(titles[point]), names(labels, point)];
    return predicted ? [...line, names(predicted, point)] : line;
  });
  const header = ['Row', 'Title', 'Labels', ...(predicted ? ['Predicted'] : [])];
  return `\ufeff${Papa.unparse([header, ...lines], { newline: '\r\n' })}\r\n`;
}
