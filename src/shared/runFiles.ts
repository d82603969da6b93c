/** What a run can be saved as, beside its model. */
import type { Dataset, Finding } from './dataset.ts';

export const tableFormats = ['csv', 'xlsx', 'parquet', 'json'] as const;
export type TableFormat = (typeof tableFormats)[number];

export type RunFile =
  | 'document'
  | 'events'
  /** Its test rows with their answers, or its figures with their intervals. */
  | { kind: 'table'; table: 'predictions' | 'metrics'; format: TableFormat }
  /** One HTML page to print. `findings` of the run's table; null where that is not open. */
  | { kind: 'report'; findings: Pick<Finding, 'severity' | 'title' | 'detail'>[] | null }
  /** A zip that trains on elsewhere; `dataset` is the one that the run saw. */
  | { kind: 'bundle'; dataset: Dataset };
