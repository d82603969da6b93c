/**
 * Starts a module worker from a blob that imports the real script. A worker fetched from its own address would take its content
 * security policy from that response's headers, which a static host does not send; one started from a blob inherits the page's.
 */
import { RungError } from '../shared/errors.ts';

/** @param scriptUrl address of the worker's module, relative to the page. */
export function startWorker(scriptUrl: string, name: string, onFailure: (error: RungError) => void): Worker {
  const address = new URL(scriptUrl, document.baseURI).href;
  const blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
  const worker = new Worker(blob, { type: 'module', name });
  worker.addEventListener('error', (event) => {
    onFailure(
      new RungError(
        'internal',
        `The ${name} worker failed${event.message ? `: ${event.message}` : ' to start'}.`,
        'Reload the page. If a new version was just published, reloading fetches it.',
      ),
    );
  });
  return worker;
}
