/** What the page asks of the worker that lays titles out. */
import type { MapProgress, MapRequest } from '../shared/titleMap.ts';

export type MapListener = (progress: MapProgress) => void;

export interface MapApi {
  /** x and y of each title. Embeddings are transferred: gone here. @throws RungError `too-few-rows` */
  layOut(request: MapRequest, onProgress: MapListener): Promise<Float32Array<ArrayBuffer>>;
}
