/**
 * Pushes a model's files to the Hugging Face Hub as one commit. A push that failed or was stopped is gone on with: files that the Hub
 * has are not sent again (its answer says so), nor parts of a file that have arrived, and nothing is read twice for its digest.
 */
import { RungError, toRungError } from '../shared/errors.ts';
import {
  hubOrigin,
  repositoryProblem,
  type PushProgress,
  type PushRequest,
  type PushResult,
} from '../shared/hubPush.ts';
import { Sha256 } from '../shared/sha256.ts';
import {
  commitFiles,
  ensureRepository,
  largeFiles,
  ownRepository,
  uploadActions,
  verifyObject,
  type HubCaller,
  type LargeObject,
  type UploadAction,
} from './hubPushApi.ts';
import { partsOf, sendParts, sendWhole, xhrPut, type PartUpload, type Put } from './hubPushUpload.ts';
import { Rate } from './rate.ts';

const hashedAtOnce = 4 * 1024 * 1024;
/** Progress reports a second at most. */
const reportGap = 100;

interface LargeFile extends LargeObject {
  path: string;
  content: Blob;
}

export class HubPush {
  private readonly files: ReadonlyMap<string, Blob>;
  private readonly put: Put;
  private readonly pauses: readonly number[];
  private readonly digests = new Map<string, string>();
  /** By repository and digest. */
  private readonly begun = new Map<string, PartUpload>();

  constructor(files: ReadonlyMap<string, Blob>, put: Put = xhrPut, pauses: readonly number[] = [1000, 2000, 4000]) {
    this.files = files;
    this.put = put;
    this.pauses = pauses;
  }

  /** See `HubPushApi.push`. */
  async push(
    request: PushRequest,
    signal: AbortSignal,
    onProgress: (progress: PushProgress) => void,
  ): Promise<PushResult> {
    const problem = repositoryProblem(request.repository);
    if (problem !== null)
      throw new RungError('name-missing', `“${request.repository}” is no name for a repository.`, problem);
    if (!/^[\x21-\x7e]+$/.test(request.token)) {
      const hint = `Copy it whole from ${hubOrigin}/settings/tokens; it begins with “hf_”.`;
      throw new RungError('access-denied', 'This is no access token of huggingface.co: nothing was sent.', hint);
    }
    const caller: HubCaller = { token: request.token, signal };
    const bytes = [...this.files.values()].reduce((sum, { size }) => sum + size, 0);
    const progress = new Progress(bytes, onProgress);
    progress.at('Asking huggingface.co whose token it is');
    const id = await ownRepository(caller, request.repository);
    progress.at(`Preparing ${id}`);
    const visibility = await ensureRepository(caller, id, request);
    const large = await this.digested(await largeFiles(caller, id, this.files), progress, signal);
    const alreadyThere = await this.sendLarge(caller, id, large, progress);
    progress.at('Making the commit');
    const shas = new Map(large.map(({ path, oid }) => [path, oid]));
    const files = Array.from(this.files, ([path, content]) => ({ path, content, sha256: shas.get(path) ?? null }));
    const commit = await commitFiles(caller, id, request.summary, files);
    return { id, address: `${hubOrigin}/${id}`, private: visibility.private, commit, bytes, alreadyThere };
  }

  private async digested(paths: ReadonlySet<string>, progress: Progress, signal: AbortSignal): Promise<LargeFile[]> {
    const large: LargeFile[] = [];
    for (const [path, content] of this.files) {
      if (!paths.has(path)) continue;
      let oid = this.digests.get(path);
      if (oid === undefined) {
        progress.at(`Reading ${path}`);
        oid = await digest(content, signal);
        this.digests.set(path, oid);
      }
      large.push({ path, content, oid, size: content.size });
    }
    return large;
  }

  /** Resolves with the bytes that needed no sending. */
  private async sendLarge(
    caller: HubCaller,
    id: string,
    files: readonly LargeFile[],
    progress: Progress,
  ): Promise<number> {
    if (files.length === 0) return 0;
    const actions = await uploadActions(caller, id, files);
    let alreadyThere = 0;
    for (const file of files) {
      const wanted = actions.get(file.oid);
      progress.at(`Sending ${file.path}`);
      if (wanted) {
        await this.send(caller, id, file, wanted.upload, progress);
        if (wanted.verify) await verifyObject(caller, wanted.verify.href, file);
      } else {
        alreadyThere += file.size;
      }
      progress.arrived(file.size);
    }
    return alreadyThere;
  }

  private async send(
    { signal }: HubCaller,
    id: string,
    { oid, content }: LargeFile,
    upload: UploadAction,
    progress: Progress,
  ): Promise<void> {
    const { put, pauses } = this;
    const onSent = (bytes: number): void => progress.sent(bytes);
    const tools = { put, pauses, signal, onSent, onWaiting: () => progress.waiting() };
    const key = `${id} ${oid}`;
    const begun = this.begun.get(key);
    if (begun) {
      try {
        await sendParts(oid, content, begun, tools);
        this.begun.delete(key);
        return;
      } catch (thrown) {
        // Its signatures have run out, or the storage has swept the parts up: from the beginning.
        if (toRungError(thrown).code !== 'access-denied') throw thrown;
        this.begun.delete(key);
      }
    }
    const parts = partsOf(upload, content.size);
    if (parts === null) return sendWhole(upload.href, content, tools);
    this.begun.set(key, parts);
    await sendParts(oid, content, parts, tools);
    this.begun.delete(key);
  }
}

async function digest(content: Blob, signal: AbortSignal): Promise<string> {
  const sha = new Sha256();
  for (let at = 0; at < content.size; at += hashedAtOnce) {
    if (signal.aborted) throw new RungError('aborted', 'Pushing was stopped.');
    sha.update(new Uint8Array(await content.slice(at, at + hashedAtOnce).arrayBuffer()));
  }
  return sha.hex();
}

/** Tells how far it is, at most ten times a second. */
class Progress {
  private readonly total: number;
  private readonly tell: (progress: PushProgress) => void;
  private readonly rate = new Rate();
  /** Bytes of the files before, and of the one that is being sent. */
  private before = 0;
  private current = 0;
  private message = '';
  private toldAt = -Infinity;

  constructor(total: number, tell: (progress: PushProgress) => void) {
    this.total = total;
    this.tell = tell;
  }

  at(message: string): void {
    this.message = message;
    this.report(true);
  }

  /** Of the file that is being sent. */
  sent(bytes: number): void {
    if (bytes > this.current) this.rate.add(bytes - this.current, performance.now());
    this.current = bytes;
    this.report(false);
  }

  /** The whole of it. */
  arrived(bytes: number): void {
    this.before += bytes;
    this.current = 0;
    this.report(true);
  }

  waiting(): void {
    const { message } = this;
    this.at('The connection broke off; trying again');
    this.message = message;
  }

  private report(now: boolean): void {
    const time = performance.now();
    if (!now && time - this.toldAt < reportGap) return;
    this.toldAt = time;
    const sent = this.before + this.current;
    const bytesPerSecond = this.rate.perSecond(time);
    const secondsLeft = bytesPerSecond === null ? null : (this.total - sent) / bytesPerSecond;
    this.tell({ message: this.message, sent, total: this.total, bytesPerSecond, secondsLeft });
  }
}
