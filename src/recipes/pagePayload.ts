/** What a page for colleagues holds: everything to predict with, and what it says of itself. */
import type { PackedTensor } from '../formats/htmlWeights.ts';
import type { ModelConfig } from '../models/model.ts';
import type { CleaningOptions } from '../shared/dataset.ts';
import type { NormalisationOptions } from '../shared/normalisation.ts';

export interface EncoderPayload {
  kind: 'encoder';
  config: ModelConfig;
  /** Models of that config whose logits are averaged. */
  members: number;
  /** Parsed tokenizer.json and tokenizer_config.json. */
  tokenizer: unknown;
  tokenizerConfig: unknown;
  tensors: PackedTensor[];
  maxTokens: number;
  cleaning: CleaningOptions;
  normalisation: NormalisationOptions | null;
}

export interface ClassicalPayload {
  kind: 'classical';
  /** The file it is downloaded as, parsed. */
  model: unknown;
}

export interface PagePayload {
  name: string;
  labelNames: string[];
  thresholds: number[];
  /** What is known of how good it is, and of what it was trained on; a sentence each. */
  facts: string[];
  model: EncoderPayload | ClassicalPayload;
}
