/** Rows of a file prediction that match what the user looks for, kept up to date while rows come in. */
import type { ModelInfo } from '../../shared/training.ts';
import type { FilePrediction } from './filePrediction.ts';

export interface RowCriteria {
  /** Rows predicted to carry this label; 'none': rows without any; null: all. */
  label: number | 'none' | null;
  /** Case-insensitive text anywhere in the title. */
  search: string;
}

export class MatchingRows {
  /** Row numbers in ascending order; only ever appended to. */
  readonly rows: number[] = [];
  readonly #source: FilePrediction;
  readonly #labels: number;
  readonly #label: RowCriteria['label'];
  readonly #search: string;
  #seen = 0;

  /** @param model as the source has it now: another where its thresholds are moved */
  constructor(source: FilePrediction, { labelNames }: ModelInfo, { label, search }: RowCriteria) {
    this.#source = source;
    this.#labels = labelNames.length;
    this.#label = label;
    this.#search = search.trim().toLowerCase();
  }

  /** Looks at the rows up to `done` that were not looked at before. Returns how many match in all. */
  upTo(done: number): number {
    for (; this.#seen < done; this.#seen++) if (this.#matches(this.#seen)) this.rows.push(this.#seen);
    return this.rows.length;
  }

  #matches(row: number): boolean {
    if (this.#label === 'none') {
      for (let label = 0; label < this.#labels; label++) if (this.#source.holds(row, label)) return false;
    } else if (this.#label !== null && !this.#source.holds(row, this.#label)) return false;
    return this.#search === '' || this.#source.titles[row].toLowerCase().includes(this.#search);
  }
}

/** How many of the rows done carry each label, and how many none; kept up to date like `MatchingRows`. */
export class LabelTotals {
  readonly labels: number[];
  none = 0;
  readonly #source: FilePrediction;
  #seen = 0;

  constructor(source: FilePrediction, { labelNames }: ModelInfo) {
    this.#source = source;
    this.labels = labelNames.map(() => 0);
  }

  upTo(done: number): this {
    for (; this.#seen < done; this.#seen++) {
      let any = false;
      for (let label = 0; label < this.labels.length; label++) {
        if (!this.#source.holds(this.#seen, label)) continue;
        this.labels[label]++;
        any = true;
      }
      if (!any) this.none++;
    }
    return this;
  }
}
