/**
 * The program of a page for colleagues. The same text runs twice: on the page, and in a worker that the page starts from it, as a page
 * opened from disk may not fetch another file. Where no worker starts, the page computes itself, with pauses.
 */
import { toRungError } from '../shared/errors.ts';
import type { PagePayload } from '../recipes/pagePayload.ts';
import { loadPredictor, type PlainPredict } from './predictor.ts';
import { showPage, type AskPredictor } from './page.ts';

interface Request {
  titles: string[];
}

type Answer = { probabilities: Float32Array<ArrayBuffer> } | { error: string };

interface Start {
  payload: PagePayload;
  weights: ArrayBuffer;
}

/** The worker's side: first what to predict with, then titles, each answered in turn. */
function runWorker(): void {
  let predict: Promise<PlainPredict> | null = null;
  self.addEventListener('message', ({ data }: MessageEvent<Start | Request>) => {
    if ('payload' in data) predict = loadPredictor(data.payload.model, data.weights);
    else void answer(predict, data.titles).then((sent) => self.postMessage(sent, { transfer: [] }));
  });
}

async function answer(predict: Promise<PlainPredict> | null, titles: string[]): Promise<Answer> {
  try {
    if (!predict) throw new Error('The model was not sent.');
    return { probabilities: await (await predict)(titles, async () => undefined) };
  } catch (thrown) {
    return { error: toRungError(thrown).message };
  }
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}

/** What the page holds, out of its elements. */
function read(): Start {
  const payload = JSON.parse(textOf('model')) as PagePayload;
  return { payload, weights: bytesOf(textOf('weights')).buffer };
}

/** Base64, a piece at a time: as one string the bytes would be in memory three times. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = base64.trim();
  const bytes = new Uint8Array((text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0));
  const piece = 1 << 20;
  for (let from = 0, at = 0; from < text.length; from += piece) {
    const part = atob(text.slice(from, from + piece));
    for (let i = 0; i < part.length; i++) bytes[at++] = part.charCodeAt(i);
  }
  return bytes;
}

function runPage(): void {
  const start = read();
  showPage(start.payload, askWorker(start) ?? askHere(start));
}

/** Null where the browser starts no worker from a page like this. */
function askWorker({ payload, weights }: Start): AskPredictor | null {
  const program = textOf('program');
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })));
    worker.postMessage({ payload, weights }, [weights]);
    // In turn: answers come in the order of the questions.
    let last: Promise<unknown> = Promise.resolve();
    const ask = (titles: string[]): Promise<Float32Array> =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          worker.removeEventListener('message', onMessage);
          worker.removeEventListener('error', onError);
          act();
        };
        const onMessage = ({ data }: MessageEvent<Answer>): void =>
          settle(() => ('error' in data ? reject(new Error(data.error)) : resolve(data.probabilities)));
        const onError = (event: ErrorEvent): void =>
          settle(() => reject(new Error(event.message || 'The browser would not start the worker of this page.')));
        worker.addEventListener('message', onMessage);
        worker.addEventListener('error', onError);
        worker.postMessage({ titles }, []);
      });
    return (titles) => {
      const next = last.then(() => ask(titles));
      last = next.catch(() => undefined);
      return next;
    };
  } catch {
    return null;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function askHere({ payload, weights }: Start): AskPredictor {
  const predict = loadPredictor(payload.model, weights);
  return async (titles) => (await predict)(titles, pause);
}

if (typeof document === 'undefined') runWorker();
else runPage();
