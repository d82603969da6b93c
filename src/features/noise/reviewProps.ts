/** What the Review screen is given. */
import type { Correction } from '../../shared/corrections.ts';
import type { CorrectionState } from '../../shared/dataset.ts';
import type { LabelNoiseReport, SimilarTitle } from '../../shared/labelNoise.ts';
import type { ChangeLogProps } from './ChangeLog.tsx';

export interface ReviewScreenProps {
  /** The open table; null: none, or one that cannot be trained on yet. */
  table: { name: string; rows: number; labelNames: string[]; corrections: CorrectionState } | null;
  /** Why the open table cannot be trained on yet; null where none is open, or nothing is in the way. */
  blocked: string | null;
  /** Cross-validated runs whose answers can be taken instead of the quick check's. */
  runs: { id: string; name: string }[];
  checking: { message: string; fraction: number | null } | null;
  done: { report: LabelNoiseReport; runName: string | null; since: number } | null;
  error: { message: string; hint: string } | null;
  onDismissError: () => void;
  onFind: (runId: string | null) => void;
  onStop: () => void;
  log: Correction[];
  /** Gives a row these labels; the ones it has: they are right. */
  onCorrect: (row: number, labels: string[], why: string) => void;
  nearest: (position: number) => Promise<SimilarTitle[]>;
  changes: Omit<ChangeLogProps, 'log' | 'corrections'>;
  onData: () => void;
  onTrain: () => void;
}
