/** The two workers of this page, started once, and where their failures are told. */
import { notifications } from '@mantine/notifications';
import type { RungError } from '../shared/errors.ts';
import { connectData, connectEngine } from '../worker/client.ts';
import { connectStream } from '../worker/streamClient.ts';

const baseUrl = new URL('.', document.baseURI).href;

export function tellFailure(error: RungError): void {
  notifications.show({
    id: 'worker-failure',
    color: 'red',
    title: error.message,
    message: error.hint,
    autoClose: false,
  });
}

export const dataWorker = connectData(baseUrl, tellFailure);
export const engineWorker = connectEngine(baseUrl, tellFailure);

/** How titles to predict are read: a file as a whole, or piece by piece in a worker of its own. */
export const titleReaders = { readTitles: dataWorker.readTitles, connectStream: () => connectStream(tellFailure) };

/** Address of a file that ships beside the page. */
export function shippedUrl(path: string): string {
  return new URL(path, baseUrl).href;
}
