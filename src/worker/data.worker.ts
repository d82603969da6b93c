/** The data side's worker: reads tables, keeps the open one, answers the data screen. No tfjs here. */
import * as Comlink from 'comlink';
import { writePredictions } from '../data/exportTable.ts';
import { writeMatches } from '../data/matchTable.ts';
import { readFile, readPasted, type Progress } from '../data/readFile.ts';
import { DataSession } from '../data/session.ts';
import type { Table } from '../data/table.ts';
import { readTaxonomy } from '../data/taxonomy.ts';
import { throttle } from '../data/throttle.ts';
import { readTitleList } from '../data/titleFile.ts';
import { splitFigures, type SplitFigures, type SplitFiguresRequest } from '../metrics/splitFigures.ts';
import type { Correction, LabelEdit, LogReading } from '../shared/corrections.ts';
import {
  mostTokensCounted,
  type Dataset,
  type DataSettings,
  type DataSummary,
  type RowPage,
  type RowQuery,
} from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import type { MatchTable, TaxonomyColumns, TaxonomyFile } from '../shared/matching.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { Correcting } from './correcting.ts';
import type { DataApi, ImportOptions, PredictionTable, TitleFile } from './protocol.ts';
import { LevelAreaData } from './levelAreaData.ts';
import { installErrorTransfer } from './transfer.ts';

/** Token counts for the histogram; a page without the shipped model goes without. */
async function fetchTokenizer(baseUrl: string): Promise<Tokenizer | null> {
  try {
    const response = await fetch(new URL('models/rung-mini/tokenizer.json', baseUrl));
    return response.ok ? loadTokenizer(await response.json()) : null;
  } catch {
    return null;
  }
}

class DataHost implements DataApi {
  readonly levelArea = new LevelAreaData();
  private baseUrl = self.location.href;
  private tokenizer: Tokenizer | null = null;
  private opening = 0;
  private readonly session = new DataSession((titles) => this.countTokens(titles));
  private readonly correcting = new Correcting(this.session);

  async init(baseUrl: string): Promise<void> {
    this.baseUrl = baseUrl;
  }

  async open(file: File, options: ImportOptions, onProgress: Progress): Promise<DataSummary> {
    const progress = throttle(onProgress);
    return this.load(() => readFile(file, options, progress), progress);
  }

  async openText(text: string, options: ImportOptions, onProgress: Progress): Promise<DataSummary> {
    return this.load(async () => readPasted(text, false, options), throttle(onProgress));
  }

  async configure(change: Partial<DataSettings>): Promise<DataSummary> {
    return this.correcting.restored(this.session.configure(change));
  }

  async rows(query: RowQuery, offset: number, limit: number): Promise<RowPage> {
    return this.session.rows(query, offset, limit);
  }

  async dataset(change: Partial<DataSettings>): Promise<Dataset> {
    const dataset = this.session.dataset(change);
    const { titles, labels, rowNumbers, groups } = dataset;
    return Comlink.transfer(dataset, [
      titles.bytes.buffer,
      titles.offsets.buffer,
      labels.buffer,
      rowNumbers.buffer,
      groups.buffer,
    ]);
  }

  async readTitles(source: File | string, titleColumn: number | null): Promise<TitleFile> {
    const list = await readTitleList(source, titleColumn);
    return Comlink.transfer(list, [list.titles.bytes.buffer, list.titles.offsets.buffer]);
  }

  async measureSplit(request: SplitFiguresRequest): Promise<SplitFigures> {
    return splitFigures(request);
  }

  async writePredictions(table: PredictionTable, format: 'csv' | 'xlsx'): Promise<Blob> {
    return writePredictions(table, format);
  }

  readTaxonomy(files: File[], columns: TaxonomyColumns | null, onProgress: Progress): Promise<TaxonomyFile> {
    return readTaxonomy(files, columns, onProgress);
  }

  async writeMatches(table: MatchTable): Promise<Blob> {
    return writeMatches(table);
  }

  correct(edits: LabelEdit[], why: string): Promise<DataSummary> {
    return this.correcting.correct(edits, why);
  }

  undoCorrection(): Promise<DataSummary> {
    return this.correcting.undoCorrection();
  }

  redoCorrection(): Promise<DataSummary> {
    return this.correcting.redoCorrection();
  }

  corrections(): Promise<Correction[]> {
    return this.correcting.corrections();
  }

  writeChangeLog(): Promise<Blob> {
    return this.correcting.writeChangeLog();
  }

  readChangeLog(file: File): Promise<LogReading> {
    return this.correcting.readChangeLog(file);
  }

  writeCorrectedTable(format: 'csv' | 'xlsx'): Promise<Blob> {
    return this.correcting.writeCorrectedTable(format);
  }

  /** Of two tables opened at once the later one stays, however long the earlier takes. */
  private async load(read: () => Promise<Table>, progress: Progress): Promise<DataSummary> {
    const turn = ++this.opening;
    const table = await read();
    this.tokenizer ??= await fetchTokenizer(this.baseUrl);
    if (turn === this.opening) return this.correcting.restored(this.session.load(table, progress));
    throw new RungError(
      'aborted',
      `Opening ${table.source.name}: another table was opened meanwhile.`,
      'Open it again to use it.',
    );
  }

  private countTokens(titles: readonly string[]): Uint32Array {
    if (this.tokenizer === null) return new Uint32Array();
    const { starts } = this.tokenizer.encodeMany(titles, mostTokensCounted);
    return Uint32Array.from(titles, (_, i) => starts[i + 1] - starts[i]);
  }
}

installErrorTransfer();
Comlink.expose(new DataHost());
