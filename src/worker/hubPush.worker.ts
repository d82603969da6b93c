/** Pushes one model to the Hugging Face Hub. A worker of its own, which holds the token only while it sends. */
import * as Comlink from 'comlink';
import { RungError } from '../shared/errors.ts';
import type { HubPushApi, PushProgress, PushRequest, PushResult } from '../shared/hubPush.ts';
import { HubPush } from './hubPush.ts';
import { installErrorTransfer } from './transfer.ts';

class PushHost implements HubPushApi {
  private model = new HubPush(new Map());
  private running: AbortController | null = null;

  async open(files: Map<string, Blob>): Promise<void> {
    this.model = new HubPush(files);
  }

  async push(request: PushRequest, onProgress: (progress: PushProgress) => void): Promise<PushResult> {
    if (this.running) throw new RungError('busy', 'This model is being pushed already.', 'Wait, or stop it.');
    const running = new AbortController();
    this.running = running;
    try {
      return await this.model.push(request, running.signal, onProgress);
    } finally {
      this.running = null;
    }
  }

  async stop(): Promise<void> {
    this.running?.abort();
  }
}

installErrorTransfer();
Comlink.expose(new PushHost());
