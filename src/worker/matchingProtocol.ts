/** What the page may ask of matching, a part of the engine's worker. */
import type {
  Matches,
  MatchingEncoder,
  MatchingEvent,
  MatchingResult,
  OpenedTaxonomy,
  Scoring,
  Taxonomy,
  TunedEncoder,
  TuningRequest,
} from '../shared/matching.ts';
import type { PackedStrings } from '../shared/strings.ts';

export interface MatchingApi {
  /** Encoders that were fine-tuned here, newest first. */
  tuned(): Promise<TunedEncoder[]>;
  /**
   * Makes a taxonomy ready to be matched with an encoder: embeds its entries, or takes the embeddings of an earlier visit.
   * @throws RungError `aborted` after `stop`, or when another was opened meanwhile.
   */
  open(
    taxonomy: Taxonomy,
    encoder: MatchingEncoder,
    onProgress: (message: string, fraction: number | null) => void,
  ): Promise<OpenedTaxonomy>;
  /** The best entries of each title. @throws RungError `not-found` when no taxonomy is open. */
  match(titles: PackedStrings, scoring: Scoring, count: number): Promise<Matches>;
  /**
   * Fine-tunes the encoder that is open on the taxonomy's other titles, measures it before and after, keeps it.
   * @throws RungError `busy`, `too-few-rows`, `aborted` when it was stopped before there was anything to keep.
   */
  finetune(request: TuningRequest, onEvent: (event: MatchingEvent) => void): Promise<MatchingResult>;
  /** Ends what runs: of a training the steps, which is measured then and kept; said again, the measuring too. */
  stop(): Promise<void>;
  /** A fine-tuned encoder as a zip in Hugging Face layout. @throws RungError `not-found` */
  exportTuned(id: string): Promise<Blob>;
  removeTuned(id: string): Promise<void>;
}
