import { MessageChannel } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter';
import { expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { installErrorTransfer } from './transfer.ts';

it('rebuilds an error on the other side with its code and hint', async () => {
  installErrorTransfer();
  installErrorTransfer();
  const { port1, port2 } = new MessageChannel();
  Comlink.expose(
    {
      ours: () => {
        throw new RungError('file-empty', 'a.csv is empty.', 'Choose another file.');
      },
      foreign: () => {
        throw new TypeError('x is undefined');
      },
    },
    nodeEndpoint(port1),
  );
  const remote = Comlink.wrap<{ ours: () => void; foreign: () => void }>(nodeEndpoint(port2));
  const ours = await remote.ours().catch((thrown: unknown) => thrown);
  expect(ours).toBeInstanceOf(RungError);
  expect(ours).toMatchObject({ code: 'file-empty', message: 'a.csv is empty.', hint: 'Choose another file.' });
  await expect(remote.foreign()).rejects.toMatchObject({ code: 'internal', message: 'x is undefined' });
  port1.close();
  port2.close();
});
