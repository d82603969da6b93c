/**
 * Predictions of a file piece by piece, in memory that does not grow with it: rows are gathered into a window, the titles of it that are
 * not in the cache go to the model in one call (which orders them by length and packs them without padding), the rows are written, and
 * only then is more of the file read. Where it ends early, what is written is whole windows.
 */
import { csvLines, csvStart, headerCells, predictionCells } from '../data/predictionsCsv.ts';
import type { TitleBlock } from '../data/textStream.ts';
import { RungError } from '../shared/errors.ts';
import type { StreamProgress } from '../shared/streamedFile.ts';
import { isBlank, packStrings, type PackedStrings } from '../shared/strings.ts';
import { nextTask } from '../training/eventLoop.ts';
import { TitleCache } from './streamCache.ts';

export interface StreamOptions {
  titles: AsyncIterable<TitleBlock>;
  labelNames: readonly string[];
  thresholds: readonly number[];
  /** Probabilities, titles x labels. */
  predict: (titles: PackedStrings) => Promise<Float32Array>;
  /** Text to the end of the file that is written. */
  write: (text: string) => Promise<void>;
  onProgress: (progress: StreamProgress) => void;
  signal: AbortSignal;
  cache?: TitleCache;
}

/** Titles for the model in the first window, and the bounds of what it becomes: as many as take half a second. */
const firstTitles = 256;
const fewestTitles = 64;
const mostTitles = 8192;
const windowSeconds = 0.5;
/** Rows of a window, when the model knows nearly all of them. */
const mostRows = 16_384;
/** Letters of a window's titles. */
const mostLetters = 4_000_000;

/** Rows that are predicted and written together. */
class Window {
  readonly titles: string[] = [];
  /** Titles for the model. */
  readonly fresh: string[] = [];
  /** rows x labels */
  readonly values: Float32Array;
  letters = 0;
  private readonly cache: TitleCache;
  private readonly labels: number;
  private readonly freshPlace = new Map<string, number>();
  /** Of rows that wait for the model: row and place in `fresh`. */
  private readonly waiting: [number, number][] = [];

  /** @param values room for `mostRows` rows, which the window before no longer needs */
  constructor(cache: TitleCache, labels: number, values: Float32Array) {
    this.cache = cache;
    this.labels = labels;
    this.values = values;
  }

  add(title: string): void {
    const row = this.titles.push(title) - 1;
    this.letters += title.length;
    if (isBlank(title)) {
      this.values.fill(0, row * this.labels, (row + 1) * this.labels);
      return;
    }
    const known = this.cache.find(title);
    if (known) {
      this.values.set(known, row * this.labels);
      return;
    }
    let place = this.freshPlace.get(title);
    if (place === undefined) {
      place = this.fresh.push(title) - 1;
      this.freshPlace.set(title, place);
    }
    this.waiting.push([row, place]);
  }

  isFull(titles: number): boolean {
    return this.fresh.length >= titles || this.titles.length >= mostRows || this.letters >= mostLetters;
  }

  fill(answers: Float32Array): void {
    const { labels } = this;
    if (answers.length !== this.fresh.length * labels) {
      const message = `Predicting: expected ${this.fresh.length * labels} probabilities, got ${answers.length}.`;
      throw new RungError('internal', message);
    }
    const answer = (place: number): Float32Array => answers.subarray(place * labels, (place + 1) * labels);
    for (const [row, place] of this.waiting) this.values.set(answer(place), row * labels);
    for (const [place, title] of this.fresh.entries()) this.cache.add(title, answer(place));
  }
}

/**
 * Predicts all titles; resolves with the last progress. The header is written first, so that the file is a table whatever happens.
 * @throws RungError `aborted` between two windows after `signal` is; whatever `titles`, `predict` and `write` throw.
 */
export async function predictStream(options: StreamOptions): Promise<StreamProgress> {
  const { labelNames, thresholds, predict, write, onProgress, signal } = options;
  const labels = labelNames.length;
  const cache = options.cache ?? new TitleCache(labels);
  const started = performance.now();
  const progress: StreamProgress = {
    rows: 0,
    computed: 0,
    bytes: 0,
    labels: labelNames.map(() => 0),
    none: 0,
    seconds: 0,
  };
  const values = new Float32Array(mostRows * labels);
  let size = firstTitles;
  await write(csvStart + csvLines([headerCells(labelNames)]));

  const finish = async (window: Window, bytes: number): Promise<void> => {
    if (signal.aborted) throw new RungError('aborted', `Stopped after ${progress.rows} rows.`);
    const before = performance.now();
    const { fresh, titles } = window;
    if (fresh.length > 0) window.fill(await predict(packStrings(fresh)));
    const seconds = (performance.now() - before) / 1000;
    if (fresh.length > 0) {
      size = Math.min(
        mostTitles,
        Math.max(fewestTitles, Math.round((windowSeconds * fresh.length) / Math.max(seconds, 1e-3))),
      );
    }
    await write(
      csvLines(titles.map((title, row) => predictionCells(title, labelNames, thresholds, values, row * labels))),
    );
    count(progress, values, titles.length, thresholds);
    progress.rows += titles.length;
    progress.computed += fresh.length;
    progress.bytes = bytes;
    progress.seconds = (performance.now() - started) / 1000;
    onProgress({ ...progress, labels: [...progress.labels] });
    // Messages get in here, the one that stops it among them.
    await nextTask();
  };

  let window = new Window(cache, labels, values);
  let done = 0;
  for await (const { titles, bytes } of options.titles) {
    for (const [i, title] of titles.entries()) {
      window.add(title);
      if (!window.isFull(size)) continue;
      await finish(window, done + ((bytes - done) * (i + 1)) / titles.length);
      window = new Window(cache, labels, values);
    }
    done = bytes;
  }
  if (window.titles.length > 0) await finish(window, done);
  return { ...progress, bytes: done };
}

function count(progress: StreamProgress, values: Float32Array, rows: number, thresholds: readonly number[]): void {
  const labels = thresholds.length;
  for (let row = 0; row < rows; row++) {
    let any = false;
    for (let label = 0; label < labels; label++) {
      if (values[row * labels + label] < thresholds[label]) continue;
      progress.labels[label]++;
      any = true;
    }
    if (!any) progress.none++;
  }
}
