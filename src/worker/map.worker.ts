/** Lays titles out on a plane; a worker of its own, so that stopping it is ending it. No tfjs here. */
import * as Comlink from 'comlink';
import { layOutTitles } from '../recipes/titleMap.ts';
import { nextTask } from '../training/eventLoop.ts';
import type { MapRequest } from '../shared/titleMap.ts';
import type { MapApi, MapListener } from './mapProtocol.ts';
import { installErrorTransfer } from './transfer.ts';

/** Milliseconds between two reports: as many as a page can draw. */
const apart = 150;

class MapHost implements MapApi {
  async layOut(request: MapRequest, onProgress: MapListener): Promise<Float32Array<ArrayBuffer>> {
    const working = layOutTitles(request);
    let last = -Infinity;
    let message = '';
    let step = working.next();
    for (; !step.done; step = working.next()) {
      const now = performance.now();
      if (now - last < apart && step.value.message === message) continue;
      last = now;
      ({ message } = step.value);
      const { positions } = step.value;
      onProgress(Comlink.transfer(step.value, positions ? [positions.buffer] : []));
      await nextTask();
    }
    return Comlink.transfer(step.value, [step.value.buffer]);
  }
}

installErrorTransfer();
Comlink.expose(new MapHost());
