/** A window on rows that live elsewhere (a worker): fetched a page at a time, kept, and let go of again. */
export type FetchRows<Row> = (offset: number, limit: number) => readonly Row[] | Promise<readonly Row[]>;

interface Page<Row> {
  rows: readonly Row[];
  /** Stale rows are shown until the new ones are there. */
  state: 'ready' | 'stale' | 'failed';
}

const pageSize = 100;
const keptPages = 60;
// Dragging the scroll bar passes hundreds of pages: only those in view when a slot falls free are worth asking for.
const parallelFetches = 2;

export class RowPages<Row> {
  #fetchRows: FetchRows<Row>;
  /** Counts refreshes: an answer to a question before the last one is thrown away. */
  #round = 0;
  readonly #onChange: () => void;
  readonly #pages = new Map<number, Page<Row>>();
  readonly #inFlight = new Set<number>();
  #wanted = { first: 0, end: 0, total: 0 };

  /** @param onChange called when rows arrive, or fail to, after `want` has returned. */
  constructor(fetchRows: FetchRows<Row>, onChange: () => void) {
    this.#fetchRows = fetchRows;
    this.#onChange = onChange;
  }

  /** The row at `index`, or undefined while it is not here. */
  at(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.rows[index % pageSize];
  }

  /** Whether any row of the wanted range could not be fetched. */
  get failed(): boolean {
    return this.#wantedPages().some((page) => this.#pages.get(page)?.state === 'failed');
  }

  /** Says which rows are needed now, of how many. @returns true when some came at once. */
  want(first: number, end: number, total: number): boolean {
    this.#wanted = { first, end, total };
    return this.#pump();
  }

  /** Asks again for what failed. @returns true when some came at once. */
  retry(): boolean {
    for (const [index, page] of this.#pages) if (page.state === 'failed') this.#pages.delete(index);
    return this.#pump();
  }

  /** The same rows may hold other things now: all are asked for anew, and what is shown stays until then. */
  refresh(fetchRows: FetchRows<Row>): boolean {
    this.#fetchRows = fetchRows;
    this.#round++;
    this.#inFlight.clear();
    for (const page of this.#pages.values()) page.state = 'stale';
    return this.#pump();
  }

  #wantedPages(): number[] {
    const { first, end } = this.#wanted;
    if (end <= first) return [];
    const from = Math.floor(first / pageSize);
    return Array.from({ length: Math.floor((end - 1) / pageSize) - from + 1 }, (_, i) => from + i);
  }

  /** A page is missing when absent, or shorter than the total now says (tables that grow). */
  #isMissing(index: number): boolean {
    const page = this.#pages.get(index);
    if (!page || page.state === 'stale') return true;
    return page.state === 'ready' && page.rows.length < Math.min(pageSize, this.#wanted.total - index * pageSize);
  }

  #pump(): boolean {
    let changed = false;
    for (const index of this.#wantedPages()) {
      if (this.#inFlight.size >= parallelFetches) break;
      if (this.#inFlight.has(index) || !this.#isMissing(index)) continue;
      const limit = Math.min(pageSize, this.#wanted.total - index * pageSize);
      const answer = this.#fetchRows(index * pageSize, limit);
      if (answer instanceof Promise) this.#receive(index, answer);
      else {
        this.#pages.set(index, { rows: answer, state: answer.length < limit ? 'failed' : 'ready' });
        changed = true;
      }
    }
    this.#evict();
    return changed;
  }

  #receive(index: number, answer: Promise<readonly Row[]>): void {
    this.#inFlight.add(index);
    const round = this.#round;
    const settle = (page: Page<Row>) => {
      if (round !== this.#round) return;
      this.#inFlight.delete(index);
      this.#pages.set(index, page);
      this.#pump();
      this.#onChange();
    };
    const before = this.#wanted.total;
    answer.then(
      // Fewer rows than asked for would be asked for again and again: such a page counts as failed.
      (rows) =>
        settle({ rows, state: rows.length < Math.min(pageSize, before - index * pageSize) ? 'failed' : 'ready' }),
      () => settle({ rows: this.#pages.get(index)?.rows ?? [], state: 'failed' }),
    );
  }

  #evict(): void {
    if (this.#pages.size <= keptPages) return;
    const centre = (this.#wanted.first + this.#wanted.end) / 2 / pageSize;
    const farthest = [...this.#pages.keys()].toSorted((a, b) => Math.abs(b - centre) - Math.abs(a - centre));
    for (const index of farthest.slice(0, this.#pages.size - keptPages)) this.#pages.delete(index);
  }
}
