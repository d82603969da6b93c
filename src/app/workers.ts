/** The two workers of this page, started once, and where their failures are told. */
import { notifications } from '@mantine/notifications';
import type { RungError } from '../shared/errors.ts';
import { connectData, connectEngine } from '../worker/client.ts';

const baseUrl = new URL('.', document.baseURI).href;

function tellFailure(error: RungError): void {
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

/** Address of a file that ships beside the page. */
export function shippedUrl(path: string): string {
  return new URL(path, baseUrl).href;
}
