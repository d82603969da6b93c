/** The data worker's part of "Level and area": the open file, its weak labels, the CSV of answers. No tfjs here. */
import * as Comlink from 'comlink';
import { titleWords } from '../data/duplicates.ts';
import { csvLines, csvStart, escapeFormula } from '../data/predictionsCsv.ts';
import { readFile, readPasted } from '../data/readFile.ts';
import { recogniseRoles } from '../data/roles.ts';
import type { Table } from '../data/table.ts';
import { throttle } from '../data/throttle.ts';
import { areaMaps } from '../recipes/levelArea/areaMaps.ts';
import { KeywordReader } from '../recipes/levelArea/keywords.ts';
import { labelTitles, type LabelledTitles } from '../recipes/levelArea/labelTitles.ts';
import { levelMap } from '../recipes/levelArea/levelMap.ts';
import { invalidReason, readableTitle } from '../recipes/levelArea/validTitles.ts';
import { RungError } from '../shared/errors.ts';
import {
  heads,
  type AreaScheme,
  type Head,
  type KeywordMap,
  type Labelling,
  type LabellingSettings,
  type LevelAreaAnswers,
  type LevelAreaDataset,
  type LevelAreaFile,
  type PerHead,
} from '../shared/levelArea.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';
import type { LevelAreaDataApi, TitlesToAnswer } from './levelAreaProtocol.ts';

type Progress = (message: string, fraction: number | null) => void;

const rowsPerPart = 5000;

export class LevelAreaData implements LevelAreaDataApi, Comlink.ProxyMarked {
  readonly [Comlink.proxyMarker] = true;
  private table: Table | null = null;
  private labelled: LabelledTitles | null = null;
  private opening = 0;

  async maps(): Promise<{ level: KeywordMap; area: Record<AreaScheme, KeywordMap> }> {
    return { level: levelMap, area: areaMaps };
  }

  async open(source: File | string, onProgress: Progress): Promise<LevelAreaFile> {
    const turn = ++this.opening;
    const table = await readTable(source, throttle(onProgress));
    if (turn !== this.opening) throw new RungError('aborted', `Opening ${table.source.name}: another was opened.`);
    this.table = table;
    this.labelled = null;
    const { columns, rowCount } = table;
    return { name: table.source.name, rows: rowCount, columns, titleColumn: titleColumnOf(table) };
  }

  async label(settings: LabellingSettings): Promise<Labelling> {
    const table = this.requireTable();
    requireColumn(table, settings.titleColumn);
    this.labelled = labelTitles(table.source.name, table.cells, settings);
    return this.labelled.summary;
  }

  async dataset(): Promise<LevelAreaDataset> {
    if (!this.labelled) throw new RungError('no-rows', 'Training level and area: no titles are open.', 'Drop a file.');
    return this.labelled.dataset();
  }

  async titlesToAnswer(source: File | string, titleColumn: number | null) {
    const table = await readTable(source, () => undefined);
    return { name: table.source.name, ...titlesOf(table, titleColumn ?? titleColumnOf(table)) };
  }

  async openTitles(titleColumn: number) {
    const table = this.requireTable();
    return { name: table.source.name, ...titlesOf(table, titleColumn) };
  }

  async writeAnswers(
    { titles, reasons }: TitlesToAnswer,
    answers: LevelAreaAnswers,
    maps: PerHead<KeywordMap>,
  ): Promise<Blob> {
    const texts = unpackStrings(titles);
    const readers = { level: new KeywordReader(maps.level), area: new KeywordReader(maps.area) };
    const names = {
      level: maps.level.classes.map(({ name }) => escapeFormula(name)),
      area: maps.area.classes.map(({ name }) => escapeFormula(name)),
    };
    const answerCells = (head: Head, text: string, row: number, valid: boolean): (string | number)[] => {
      if (!valid) return ['', '', ''];
      const { at, probability } = bestOf(answers[head], row, names[head].length);
      const keyword = readers[head].read(titleWords(text)).class;
      return [names[head][at], probability, keyword === null ? '' : names[head][keyword]];
    };
    const parts = [csvStart, csvLines([headerCells()])];
    for (let from = 0; from < texts.length; from += rowsPerPart) {
      const rows = texts.slice(from, from + rowsPerPart).map((text, i) => {
        const reason = reasons[from + i];
        const cells: (string | number)[] = [escapeFormula(text)];
        for (const head of heads) cells.push(...answerCells(head, text, from + i, reason === null));
        cells.push(reason ?? '');
        return cells;
      });
      parts.push(csvLines(rows));
    }
    return new Blob(parts, { type: 'text/csv;charset=utf-8' });
  }

  private requireTable(): Table {
    if (this.table) return this.table;
    throw new RungError('no-rows', 'Level and area: no titles are open.', 'Drop a file of titles.');
  }
}

function headerCells(): string[] {
  return [
    'Title',
    ...['Level', 'Area'].flatMap((name) => [name, `${name} probability`, `${name} by keywords`]),
    'Left out because',
  ];
}

function bestOf(probabilities: Float32Array, row: number, width: number): { at: number; probability: number } {
  let at = 0;
  for (let i = 1; i < width; i++) if (probabilities[row * width + i] > probabilities[row * width + at]) at = i;
  return { at, probability: probabilities[row * width + at] };
}

async function readTable(source: File | string, onProgress: Progress): Promise<Table> {
  return typeof source === 'string' ? readPasted(source, true) : readFile(source, {}, onProgress);
}

function titleColumnOf(table: Table): number {
  return recogniseRoles(table).title ?? 0;
}

function requireColumn(table: Table, column: number): string[] {
  const cells = table.cells[column];
  if (cells) return cells;
  const message = `Reading titles of ${table.source.name}: expected a column from 0 to ${table.columns.length - 1}, got ${column}.`;
  throw new RungError('no-title-column', message, 'Choose one of its columns.');
}

function titlesOf(table: Table, titleColumn: number): TitlesToAnswer {
  const cells = requireColumn(table, titleColumn);
  const reasons = cells.map(invalidReason);
  // A title that is left out keeps its text, so that the row can be told in the file.
  const titles = cells.map((cell, row) => (reasons[row] === null ? readableTitle(cell) : cell));
  return { titles: packStrings(titles), reasons };
}
