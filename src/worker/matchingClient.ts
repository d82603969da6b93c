/** The page's side of matching. */
import * as Comlink from 'comlink';
import type { MatchingApi } from './matchingProtocol.ts';
import { whilePending } from './whilePending.ts';

/** @param engine the engine's worker, of which matching is a part. */
export function matchingClient(engine: { matching: unknown }): MatchingApi {
  // A path into the worker's object is another remote object, which Comlink's types know of marked classes only.
  const remote = engine.matching as Comlink.Remote<MatchingApi>;
  return {
    tuned: () => remote.tuned(),
    // Copied, not transferred: the page opens the same taxonomy again with another encoder.
    open: (taxonomy, encoder, onProgress) => whilePending(onProgress, (told) => remote.open(taxonomy, encoder, told)),
    match: (titles, scoring, count) =>
      remote.match(Comlink.transfer(titles, [titles.bytes.buffer, titles.offsets.buffer]), scoring, count),
    finetune: (request, onEvent) => whilePending(onEvent, (told) => remote.finetune(request, told)),
    stop: () => remote.stop(),
    exportTuned: (id) => remote.exportTuned(id),
    removeTuned: (id) => remote.removeTuned(id),
  };
}
