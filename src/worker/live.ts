/** What one training in the worker can be told while it runs: stop, pause, resume. */
import type { TrainingEvent } from '../shared/training.ts';

export class LiveTraining {
  readonly id: string;
  private readonly abort = new AbortController();
  private paused: { until: Promise<void>; end: () => void; since: number } | null = null;
  private pausedBefore = 0;
  private readonly onEvent: (event: TrainingEvent) => void;

  constructor(id: string, onEvent: (event: TrainingEvent) => void) {
    this.id = id;
    this.onEvent = onEvent;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Awaited between steps; holds while paused. */
  readonly gate = async (): Promise<void> => {
    await this.paused?.until;
  };

  pause(): void {
    if (this.paused || this.signal.aborted) return;
    this.paused = { ...openPromise(), since: performance.now() };
    this.onEvent({ type: 'paused' });
  }

  resume(): void {
    if (!this.paused) return;
    this.release();
    this.onEvent({ type: 'resumed' });
  }

  stop(): void {
    this.abort.abort();
    this.release();
  }

  /** Seconds that it was held, all pauses together. */
  get pausedSeconds(): number {
    return (this.pausedBefore + (this.paused ? performance.now() - this.paused.since : 0)) / 1000;
  }

  private release(): void {
    if (!this.paused) return;
    this.pausedBefore += performance.now() - this.paused.since;
    this.paused.end();
    this.paused = null;
  }
}

function openPromise(): { until: Promise<void>; end: () => void } {
  const parts: { end?: () => void } = {};
  const until = new Promise<void>((resolve) => {
    parts.end = resolve;
  });
  return { until, end: () => parts.end?.() };
}
