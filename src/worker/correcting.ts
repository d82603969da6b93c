/** The data worker's corrections: made in the session, kept in this browser by the table they belong to. */
import { readChangeLog, writeChangeLog } from '../data/changeLog.ts';
import type { DataSession } from '../data/session.ts';
import type { Correction, CorrectionsApi, LabelEdit, LogReading } from '../shared/corrections.ts';
import type { DataSummary } from '../shared/dataset.ts';
import { openCorrectionStore, type CorrectionStore } from '../storage/correctionStore.ts';

export class Correcting implements CorrectionsApi {
  private readonly session: DataSession;
  private opened: Promise<CorrectionStore> | null = null;
  /** False once this browser has refused to keep them. */
  private stored = true;

  constructor(session: DataSession) {
    this.session = session;
  }

  /** The table as it is after a change of it or of its columns, with the corrections that were kept for it. */
  async restored(summary: DataSummary): Promise<DataSummary> {
    const key = this.session.correctionKey();
    if (key === null || this.session.history.done.length > 0) return this.told(summary);
    const history = await this.attempt((store) => store.load(key));
    // Another table may have been opened meanwhile.
    if (!history || this.session.correctionKey() !== key) return this.told(summary);
    return this.told(this.session.restore(history));
  }

  /** The summary with what it cannot know. */
  told(summary: DataSummary): DataSummary {
    return { ...summary, corrections: { ...summary.corrections, stored: this.stored } };
  }

  async correct(edits: LabelEdit[], why: string): Promise<DataSummary> {
    return this.kept(this.session.correct(edits, why));
  }

  async undoCorrection(): Promise<DataSummary> {
    return this.kept(this.session.undoCorrection());
  }

  async redoCorrection(): Promise<DataSummary> {
    return this.kept(this.session.redoCorrection());
  }

  async corrections(): Promise<Correction[]> {
    return this.session.history.done.flat();
  }

  async writeChangeLog(): Promise<Blob> {
    return new Blob([writeChangeLog(this.session.history.done.flat())], { type: 'text/csv;charset=utf-8' });
  }

  async readChangeLog(file: File): Promise<LogReading> {
    const { step, already, refused, summary } = this.session.applyLog(await readChangeLog(file));
    return { summary: await this.kept(summary), applied: step.length, already, refused };
  }

  writeCorrectedTable(format: 'csv' | 'xlsx'): Promise<Blob> {
    return this.session.writeCorrectedTable(format);
  }

  private async kept(summary: DataSummary): Promise<DataSummary> {
    const key = this.session.correctionKey();
    const { history } = this.session;
    if (key !== null) await this.attempt((store) => store.save(key, history));
    return this.told(summary);
  }

  /** Corrections hold without storage too, for this visit: the page says so. */
  private async attempt<T>(work: (store: CorrectionStore) => Promise<T>): Promise<T | null> {
    try {
      const done = await work(await (this.opened ??= openCorrectionStore()));
      this.stored = true;
      return done;
    } catch {
      this.opened = null;
      this.stored = false;
      return null;
    }
  }
}
