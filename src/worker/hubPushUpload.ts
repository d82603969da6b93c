/**
 * Large files to the Hub's storage: in one piece, or in the parts that it asks for. Addresses are signed by the Hub, so nothing else
 * says who sends. XMLHttpRequest, because `fetch` does not tell how much it has sent. One part after the other: what limits is the
 * way out of the house, and a stop or a break costs one part at most.
 */
import { RungError } from '../shared/errors.ts';
import { hubOrigin, uploadOrigins } from '../shared/hubPush.ts';
import { pushLost, type UploadAction } from './hubPushApi.ts';

export interface PutAnswer {
  status: number;
  etag: string | null;
  /** The beginning of what it says. */
  text: string;
}

/** Sends bytes; `onSent` is told how many of them have gone. Rejects when the connection breaks off or `signal` ends it. */
export type Put = (
  address: string,
  body: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
) => Promise<PutAnswer>;

export interface UploadTools {
  put: Put;
  signal: AbortSignal;
  /** Bytes of the file that have gone; fewer than before when a part has to be sent again. */
  onSent: (bytes: number) => void;
  onWaiting: () => void;
  /** Milliseconds before each further try of a part. */
  pauses: readonly number[];
}

export const xhrPut: Put = (address, body, signal, onSent) =>
  new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = (): void => xhr.abort();
    const end = (): void => signal.removeEventListener('abort', abort);
    xhr.open('PUT', address);
    xhr.upload.addEventListener('progress', ({ loaded }) => onSent(Math.min(loaded, body.size)));
    xhr.addEventListener('loadend', end);
    xhr.addEventListener('load', () => {
      const { status, responseText } = xhr;
      resolve({ status, etag: xhr.getResponseHeader('ETag'), text: responseText.slice(0, 1000) });
    });
    for (const event of ['error', 'abort', 'timeout']) {
      xhr.addEventListener(event, () => reject(new Error(`Sending ended with ${event}.`)));
    }
    if (signal.aborted) return reject(new Error('Stopped.'));
    signal.addEventListener('abort', abort);
    xhr.send(body);
  });

/** A file in parts, some of which may have arrived: it is gone on with as long as the Hub's signatures hold. */
export interface PartUpload {
  /** Where it is told that all parts are there. */
  completion: string;
  partBytes: number;
  parts: { number: number; address: string; etag: string | null }[];
}

/** Null where the file goes in one piece. @throws RungError `internal` when the parts do not make up the file */
export function partsOf({ href, header }: UploadAction, size: number): PartUpload | null {
  const { chunk_size: chunk, ...others } = header;
  if (chunk === undefined) return null;
  const partBytes = Number(chunk);
  const parts = Object.entries(others)
    .filter(([key]) => /^\d+$/.test(key))
    .map(([key, address]) => ({ number: Number(key), address, etag: null }))
    .toSorted((a, b) => a.number - b.number);
  const inOrder = parts.every(({ number }, i) => number === i + 1);
  if (!(partBytes > 0) || !inOrder || parts.length !== Math.ceil(size / partBytes)) {
    const message = `The Hub asks for ${parts.length} parts of ${chunk} bytes for a file of ${size} bytes.`;
    throw new RungError('internal', message, 'Download the model and push it with the “hf upload” command.');
  }
  return { completion: href, partBytes, parts };
}

export async function sendWhole(address: string, content: Blob, tools: UploadTools): Promise<void> {
  await sendPiece(address, content, 0, tools);
}

/**
 * Sends the parts that have not arrived, noting each, and closes the file.
 * @throws RungError `access-denied` when a signature has run out, `offline`, `aborted`
 */
export async function sendParts(oid: string, content: Blob, upload: PartUpload, tools: UploadTools): Promise<void> {
  const { partBytes, parts, completion } = upload;
  const sizeOf = (number: number): number => Math.min(partBytes, content.size - (number - 1) * partBytes);
  let arrived = parts.reduce((sum, { number, etag }) => sum + (etag === null ? 0 : sizeOf(number)), 0);
  tools.onSent(arrived);
  for (const part of parts) {
    if (part.etag !== null) continue;
    const begin = (part.number - 1) * partBytes;
    const { etag } = await sendPiece(part.address, content.slice(begin, begin + partBytes), arrived, tools);
    if (etag === null) {
      const message = 'The storage of huggingface.co does not say under which mark it keeps a part (no ETag).';
      throw new RungError('internal', message, 'Download the model and push it with the “hf upload” command.');
    }
    part.etag = etag;
    arrived += sizeOf(part.number);
  }
  await complete(completion, oid, parts, tools.signal);
}

/** Tells the Hub that all parts are there. Its address is signed: no token goes along. */
async function complete(address: string, oid: string, parts: PartUpload['parts'], signal: AbortSignal): Promise<void> {
  requireOrigin(address, [hubOrigin, ...uploadOrigins]);
  const body = JSON.stringify({ oid, parts: parts.map(({ number, etag }) => ({ partNumber: number, etag })) });
  const headers = { Accept: 'application/vnd.git-lfs+json', 'Content-Type': 'application/vnd.git-lfs+json' };
  const request: RequestInit = { method: 'POST', headers, body, signal, credentials: 'omit', redirect: 'error' };
  const response = await fetch(address, { ...request, referrerPolicy: 'no-referrer' }).catch((thrown: unknown) => {
    throw pushLost(thrown, signal);
  });
  await response.body?.cancel();
  if (!response.ok) throw refusedBy(response.status, '');
}

/** One PUT, tried again where the connection or the storage stumbled. */
async function sendPiece(address: string, body: Blob, before: number, tools: UploadTools): Promise<PutAnswer> {
  requireOrigin(address, uploadOrigins);
  const { put, signal, onSent, onWaiting, pauses } = tools;
  // A Blob without a type, so that no header is sent which the signature does not know.
  const plain = body.slice();
  for (let attempt = 0; ; attempt++) {
    const answer = await put(address, plain, signal, (bytes) => onSent(before + bytes)).catch((thrown: unknown) => {
      if (signal.aborted || attempt >= pauses.length) throw pushLost(thrown, signal);
      return null;
    });
    if (answer && answer.status >= 200 && answer.status < 300) {
      onSent(before + body.size);
      return answer;
    }
    onSent(before);
    if (answer && (!isPassing(answer) || attempt >= pauses.length)) throw refusedBy(answer.status, answer.text);
    onWaiting();
    await pause(pauses[attempt], signal);
  }
}

/** The storage says 400 of a connection on which nothing came for a while. */
function isPassing({ status, text }: PutAnswer): boolean {
  return status >= 500 || status === 408 || status === 429 || (status === 400 && text.includes('RequestTimeout'));
}

function refusedBy(status: number, text: string): RungError {
  const said = /<Message>([^<]{1,200})/.exec(text)?.[1];
  const message = `The storage of huggingface.co answered HTTP ${status}${said ? `: ${said}` : ''}.`;
  const hint = 'Try again: what has arrived is not sent again.';
  return new RungError(status >= 500 || status === 429 ? 'offline' : 'access-denied', message, hint);
}

/** The page's policy would stop it too, but could not say why. */
function requireOrigin(address: string, allowed: readonly string[]): void {
  const { origin, host } = new URL(address);
  if (allowed.includes(origin)) return;
  const message = `The Hub wants large files sent to ${host}, which this version of Rung does not know. Nothing was sent there.`;
  throw new RungError('access-denied', message, 'Download the model and push it with the “hf upload” command.');
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
  if (signal.aborted) throw pushLost(null, signal);
}
