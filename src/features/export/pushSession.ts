/**
 * The push to the Hub that is going on, or the last one. It lives outside the panel, so that looking at another place does not end
 * it. It never keeps the token: that stays in the panel's field, and in the worker while it sends.
 */
import { toRungError, type RungError } from '../../shared/errors.ts';
import type { HubPushWorker, PushProgress, PushRequest, PushResult } from '../../shared/hubPush.ts';
import { onnxPath, type OnnxFile } from '../../shared/onnxFiles.ts';
import type { EngineApi } from '../../worker/protocol.ts';

export interface PushTools {
  exportFiles: EngineApi['exportFiles'];
  connect: (onFailure: (error: RungError) => void) => HubPushWorker;
}

/** What is pushed. */
export interface PushedModel {
  id: string;
  name: string;
  onnx: readonly OnnxFile[];
}

export interface PushState {
  /** Of the run that is pushed, or was last. */
  runId: string | null;
  runName: string;
  /** Null when nothing is going on. */
  progress: PushProgress | null;
  error: { message: string; hint: string } | null;
  /** Ended early by the user: it can be gone on with. */
  stopped: boolean;
  result: PushResult | null;
}

const idle: PushState = { runId: null, runName: '', progress: null, error: null, stopped: false, result: null };
const nothingYet: PushProgress = { message: '', sent: 0, total: 0, bytesPerSecond: null, secondsLeft: null };

export class PushSession {
  private state = idle;
  private readonly listeners = new Set<() => void>();
  private readonly tools: PushTools;
  /** Kept after a failure, with what it knows of the parts that have arrived. */
  private worker: { key: string; link: HubPushWorker } | null = null;
  private wanted = true;

  constructor(tools: PushTools) {
    this.tools = tools;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): PushState => this.state;

  /** Pushes a model, or goes on with it when the one before failed or was stopped. Nothing happens while one is pushed. */
  async push(model: PushedModel, request: Omit<PushRequest, 'summary'>): Promise<void> {
    if (this.state.progress) return;
    this.wanted = true;
    this.set({ ...idle, runId: model.id, runName: model.name, progress: nothingYet });
    addEventListener('beforeunload', ask);
    try {
      const link = await this.opened(model);
      if (!this.wanted) return this.set({ stopped: true });
      const summary = `${model.name}, trained with Rung`;
      this.set({ result: await link.push({ ...request, summary }, (progress) => this.tell(progress)) });
      this.end();
    } catch (thrown) {
      const { code, message, hint } = toRungError(thrown);
      this.set(code === 'aborted' ? { stopped: true } : { error: { message, hint } });
    } finally {
      removeEventListener('beforeunload', ask);
      this.set({ progress: null });
    }
  }

  async stop(): Promise<void> {
    this.wanted = false;
    await this.worker?.link.stop();
  }

  /** The worker with the model's files; the one that was at it before, if there is one. */
  private async opened({ id, name, onnx }: PushedModel): Promise<HubPushWorker> {
    const key = [id, name, ...onnx.map(onnxPath)].join('\n');
    if (this.worker?.key === key) return this.worker.link;
    this.end();
    const files = await this.tools.exportFiles(id, [...onnx], (message) => this.tell({ ...nothingYet, message }));
    const link = this.tools.connect(({ message, hint }) => {
      this.end();
      this.set({ error: { message, hint }, progress: null });
    });
    await link.open(files);
    this.worker = { key, link };
    return link;
  }

  private end(): void {
    this.worker?.link.end();
    this.worker = null;
  }

  /** Progress that comes after the end, or before the first file, must not show as going on. */
  private tell(progress: PushProgress): void {
    if (this.state.progress) this.set({ progress });
  }

  private set(change: Partial<PushState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Leaving the page would end the push. */
const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
