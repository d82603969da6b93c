/** What a family of encoders has to say to become an ONNX graph; see exportOnnx.ts for the table of them. */
import type { Value } from '../../formats/onnx/graph.ts';
import type { EncoderConfig } from '../../models/config.ts';
import type { OnnxLayers } from './layers.ts';

export interface OnnxFamily<C extends EncoderConfig> {
  /** Whether `token_type_ids` is an input. */
  hasTokenTypes(config: C): boolean;
  /** Last hidden states [N, H], or with `firstsOnly` those of the first token of each title [B, H]. */
  encode(layers: OnnxLayers, config: C, firstsOnly: boolean): Value;
  /** Logits [B, C] from the first tokens [B, H]. */
  classify(layers: OnnxLayers, first: Value, config: C): Value;
}
