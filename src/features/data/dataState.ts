import type { DataSettings, DataSummary, RowPage, RowQuery } from '../../shared/dataset.ts';
import type { ImportOptions } from '../../worker/protocol.ts';

export type DataState =
  | { status: 'empty' }
  /** `previous` stays in view, out of reach, until the new table is there. */
  | { status: 'loading'; message: string; fraction: number | null; name: string; previous: DataSummary | null }
  | { status: 'ready'; summary: DataSummary };

export type FetchRowPage = (query: RowQuery, offset: number, limit: number) => Promise<RowPage>;

export interface DataScreenProps {
  state: DataState;
  /** Shown over whatever is there; nothing behind it is lost. */
  error: { message: string; hint: string } | null;
  onDismissError: () => void;
  onOpenFile: (file: File) => void;
  /** A model's folder or zip was dropped here, where tables are. */
  onOpenModel: (files: File[]) => void;
  onOpenText: (text: string) => void;
  onOpenSample: () => void;
  onConfigure: (change: Partial<DataSettings>) => void;
  /** A change of settings is being worked out. */
  configuring: boolean;
  fetchRows: FetchRowPage;
  onContinue: () => void;
  /** A training is running: the data can be looked at, its settings rest, and replacing it asks first. */
  locked: boolean;
  /** Reads what is open again in another way; null where it is not at hand any more. */
  onReopen: ((options: ImportOptions) => void) | null;
  corrections: CorrectionActions;
}

export interface CorrectionActions {
  onEdit: (row: number, labels: string[]) => void;
  onUndo: () => void;
  onRedo: () => void;
  /** Goes to where doubtful rows are found and decided; `start`: at once. */
  onReview: (start: boolean) => void;
}

/** What the page's file dialogs offer; what a file really is, its first bytes decide. */
export const tableFileTypes = '.xlsx,.csv,.tsv,.txt,.tab,text/csv,text/tab-separated-values,text/plain';

/** Whether a name says table, for choosing among several files at once. */
export function isTableName(name: string): boolean {
  return /\.(xlsx|csv|tsv|tab)$/i.test(name);
}
