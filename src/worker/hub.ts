/**
 * Fetches models from the Hugging Face Hub into the cache: asked for by name only, with progress, stopped at any time, continued
 * where it stopped.
 *
 * A file is asked for at the commit that the listing named, so what comes later is the same file by its address; a checksum that the
 * Hub states is compared at the end (SHA-256 of large files, Git's SHA-1 of small ones). When the model has changed since, files
 * whose checksum changed start anew and the others stay. `If-Range` would say the same, but needs a preflight that the Hub's content
 * servers do not all answer.
 */
import type { ModelFolder } from '../formats/checkpoint.ts';
import { RungError, toRungError, type ErrorCode } from '../shared/errors.ts';
import { Sha256 } from '../shared/sha256.ts';
import type { GrowingFile, ManifestFile, ModelCache, ModelManifest } from '../storage/modelCache.ts';
import { fileAddress, listModel, lost, modelId, refused, request } from './hubListing.ts';
import type { HubListener } from './protocol.ts';
import { Rate } from './rate.ts';

/** Tries for one file after the connection broke off, each a while after the one before. */
const pauses = [1000, 2000, 4000, 8000];
const hopeless = new Set<ErrorCode>(['access-denied', 'not-found', 'model-unsupported']);
const hashedAtOnce = 4 * 1024 * 1024;
/** Progress reports a second at most. */
const reportGap = 100;

export interface HubOptions {
  cache: ModelCache;
  /** Called once the small files are here, before gigabytes follow: throws when the model cannot be used anyway. */
  checkEarly: (smallFiles: ModelFolder) => Promise<void>;
  signal: AbortSignal;
  onProgress: HubListener;
}

/**
 * Fetches what is not here yet.
 * @returns the manifest, every file of it checked
 * @throws RungError `offline`, `not-found`, `access-denied`, `aborted`, `file-corrupt`, `busy`, `quota-exceeded`, ...; what came stays.
 */
export async function fetchModel(typed: string, options: HubOptions): Promise<ModelManifest> {
  const { cache, signal, onProgress } = options;
  const id = modelId(typed);
  onProgress({
    message: `Asking huggingface.co for ${id}`,
    received: 0,
    total: 0,
    bytesPerSecond: null,
    secondsLeft: null,
  });
  const listed = await listModel(id, signal);
  const manifest = await withWhatIsHere(listed, cache);
  const progress = new Progress(manifest, await cache.held(manifest), onProgress);
  try {
    await fetchFiles(manifest, options, progress);
  } catch (thrown) {
    // Nothing to go on with: what can never be had, or used, should not stand in the list.
    if (hopeless.has(toRungError(thrown).code)) await cache.remove(manifest.id);
    throw thrown;
  }
  return manifest;
}

async function fetchFiles(manifest: ModelManifest, options: HubOptions, progress: Progress): Promise<void> {
  const { cache } = options;
  for (const file of manifest.files.toSorted((a, b) => Number(isLarge(a)) - Number(isLarge(b)) || a.size - b.size)) {
    if (file === largest(manifest)) await options.checkEarly(await folderOf(manifest, cache));
    if (file.checked) continue;
    await fetchFile(manifest, file, options, progress);
    file.checked = true;
    await cache.putManifest(manifest);
  }
}

/** The files of a model that are whole and checked. */
export async function folderOf(manifest: ModelManifest, cache: ModelCache): Promise<ModelFolder> {
  const folder: ModelFolder = new Map();
  for (const { name, checked } of manifest.files) {
    const file = checked ? await cache.file(manifest.id, name) : null;
    if (file) folder.set(name, file);
  }
  return folder;
}

/** Whether nothing is left to fetch. */
export function isComplete(manifest: ModelManifest): boolean {
  return manifest.files.every(({ checked }) => checked);
}

export function bytesOf(manifest: ModelManifest): number {
  return manifest.files.reduce((sum, { size }) => sum + size, 0);
}

function largest(manifest: ModelManifest): ManifestFile {
  return manifest.files.reduce((a, b) => (b.size > a.size ? b : a));
}

/** Git names small files by content, the Hub's large file storage the others. */
const isLarge = (file: ManifestFile): boolean => file.sha256 !== null;

const same = (a: ManifestFile, b: ManifestFile): boolean =>
  a.name === b.name && a.size === b.size && a.sha256 === b.sha256 && a.gitId === b.gitId;

/** The listing, with what an earlier visit fetched of the same content; files that changed since are thrown away. */
async function withWhatIsHere(listed: ModelManifest, cache: ModelCache): Promise<ModelManifest> {
  const before = await cache.manifest(listed.id);
  for (const file of listed.files) {
    const known = before?.files.find((other) => same(other, file));
    const held = known && (await cache.file(listed.id, file.name));
    file.checked = Boolean(known?.checked && held?.size === file.size);
    if (known) continue;
    await emptied(listed.id, file.name, cache);
  }
  if (before?.revision === listed.revision) listed.encoder = before.encoder;
  await cache.putManifest(listed);
  return listed;
}

async function emptied(id: string, name: string, cache: ModelCache): Promise<void> {
  if (!(await cache.file(id, name))) return;
  const file = await cache.grow(id, name);
  file.truncate(0);
  file.close();
}

async function fetchFile(
  model: ModelManifest,
  file: ManifestFile,
  options: HubOptions,
  progress: Progress,
): Promise<void> {
  const { cache, signal } = options;
  const part = await cache.grow(model.id, file.name);
  try {
    progress.at(file.name);
    // Small files are sent compressed, where a range means other bytes: they start anew.
    if (file.sha256 === null || part.size() > file.size) progress.dropped(cut(part));
    const check = new FileCheck(file);
    check.add(part);
    for (let attempt = 0; part.size() < file.size; attempt++) {
      const before = part.size();
      try {
        await receive(model, file, part, check, options, progress);
      } catch (thrown) {
        const error = toRungError(thrown);
        if (part.size() > before) attempt = 0;
        if (error.code !== 'offline' || attempt >= pauses.length) throw error;
        progress.waiting();
        await pause(pauses[attempt], signal);
      }
    }
    if (await check.fits(part)) return;
    cut(part);
    throw new RungError(
      'file-corrupt',
      `Fetching ${file.name} of ${model.id}: what came is not what the Hub states (${file.size} bytes, ${file.sha256 ? 'SHA-256' : 'Git id'} ${file.sha256 ?? file.gitId}). It was thrown away.`,
      'Try again. If it stays so, something between here and huggingface.co changes the files: use another network.',
    );
  } finally {
    part.close();
  }
}

/** Empties a file; how many bytes went. */
function cut(part: GrowingFile): number {
  const bytes = part.size();
  part.truncate(0);
  return bytes;
}

/** One answer, from where the file stands to its end or to where the connection breaks off. */
async function receive(
  model: ModelManifest,
  file: ManifestFile,
  part: GrowingFile,
  check: FileCheck,
  { signal }: HubOptions,
  progress: Progress,
): Promise<void> {
  const from = part.size();
  const response = await request(fileAddress(model, file.name), signal, from);
  const continued = response.status === 206 && startsAt(response, from);
  if (from > 0 && !continued && (response.ok || response.status === 416)) {
    // The whole file in spite of the range, or another part: from the beginning, in this answer or the next.
    progress.dropped(cut(part));
    check.reset();
    if (response.status !== 200) return void response.body?.cancel();
  } else if (!response.ok) {
    await response.body?.cancel();
    throw refused(response, model.id, file.name);
  }
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read().catch((thrown: unknown) => {
      throw lost(thrown, signal);
    });
    if (done) break;
    const room = file.size - part.size();
    const bytes = value.length > room ? value.subarray(0, room) : value;
    part.append(bytes);
    check.update(bytes);
    progress.received(bytes.length);
    if (value.length > room) {
      await reader.cancel();
      break;
    }
  }
  if (part.size() < file.size) throw lost(new Error(`ended at byte ${part.size()} of ${file.size}`), signal);
}

/** A server that hides the header from pages is believed: the checksum decides in the end. */
function startsAt(response: Response, from: number): boolean {
  const range = response.headers.get('Content-Range');
  return range === null || range.startsWith(`bytes ${from}-`);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
  if (signal.aborted) throw lost(null, signal);
}

/** Compares a file with what the Hub states, while it comes where that is possible. */
class FileCheck {
  private sha = new Sha256();
  private readonly file: ManifestFile;

  constructor(file: ManifestFile) {
    this.file = file;
  }

  /** What an earlier visit fetched. */
  add(part: GrowingFile): void {
    for (let at = 0; at < part.size(); at += hashedAtOnce) this.update(part.read(at, hashedAtOnce));
  }

  update(bytes: Uint8Array): void {
    if (this.file.sha256 !== null) this.sha.update(bytes);
  }

  reset(): void {
    this.sha = new Sha256();
  }

  async fits(part: GrowingFile): Promise<boolean> {
    const { size, sha256, gitId } = this.file;
    if (part.size() !== size) return false;
    if (sha256 !== null) return this.sha.hex() === sha256;
    if (gitId === null) return true;
    // As `git hash-object`: a header of kind and length before the content.
    const header = new TextEncoder().encode(`blob ${size}\0`);
    const bytes = new Uint8Array(header.length + size);
    bytes.set(header);
    bytes.set(part.read(0, size), header.length);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === gitId;
  }
}

/** Tells how far it is, at most ten times a second. */
class Progress {
  private held: number;
  private readonly total: number;
  private readonly tell: HubListener;
  private readonly rate = new Rate();
  private message = '';
  private toldAt = -Infinity;

  constructor(manifest: ModelManifest, held: number, tell: HubListener) {
    this.held = held;
    this.total = bytesOf(manifest);
    this.tell = tell;
  }

  at(name: string): void {
    this.message = `Fetching ${name}`;
    this.report(true);
  }

  received(bytes: number): void {
    this.held += bytes;
    this.rate.add(bytes, performance.now());
    this.report(false);
  }

  dropped(bytes: number): void {
    this.held -= bytes;
  }

  waiting(): void {
    const message = this.message;
    this.message = 'The connection broke off; trying again';
    this.report(true);
    this.message = message;
  }

  private report(now: boolean): void {
    const time = performance.now();
    if (!now && time - this.toldAt < reportGap) return;
    this.toldAt = time;
    const bytesPerSecond = this.rate.perSecond(time);
    const left = this.total - this.held;
    const secondsLeft = bytesPerSecond === null ? null : left / bytesPerSecond;
    this.tell({ message: this.message, received: this.held, total: this.total, bytesPerSecond, secondsLeft });
  }
}
