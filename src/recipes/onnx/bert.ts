/** BERT as an ONNX graph: see models/bert.ts. Its embeddings and layers are RoBERTa's too, what follows attention DeBERTa's as well. */
import type { Value } from '../../formats/onnx/graph.ts';
import type { BertConfig, BertFields } from '../../models/bertConfig.ts';
import type { EncoderConfig } from '../../models/config.ts';
import type { OnnxFamily } from './family.ts';
import type { OnnxLayers } from './layers.ts';

export const bertGraph: OnnxFamily<BertConfig> = {
  hasTokenTypes: () => true,
  encode: (layers, config, firstsOnly) => bertStates(layers, 'bert.', config, layers.order, firstsOnly),
  classify(layers, first) {
    return layers.dense(layers.activated(first, 'bert.pooler.dense', 'tanh'), 'classifier', true); // [B, C]
  },
};

/** [N, H], or with `firstsOnly` [B, H]. Parameters begin with `at` ("bert."); `positions`: rows of their table, [S] or [B, S]. */
export function bertStates(
  layers: OnnxLayers,
  at: string,
  config: BertFields,
  positions: Value,
  firstsOnly: boolean,
): Value {
  let x = embeddings(layers, `${at}embeddings`, positions); // [N, H]
  for (let i = 0; i < config.layers; i++) {
    const layer = `${at}encoder.layer.${i}`;
    layers.graph.below(layer);
    const self = `${layer}.attention.self`;
    let context = layers.attention(x, { query: `${self}.query`, key: `${self}.key`, value: `${self}.value` }); // [N, H]
    if (firstsOnly && i === config.layers - 1) {
      // The head reads the first token only: from here on the others need not be computed.
      context = layers.firsts(context); // [B, H]
      x = layers.firsts(x); // [B, H]
    }
    x = feedForward(layers, layer, config, context, x); // [N, H]
  }
  return x;
}

function embeddings(layers: OnnxLayers, at: string, positions: Value): Value {
  const { graph, tokens } = layers;
  graph.below(at);
  const types = `${at}.token_type_embeddings.weight`;
  const parts = [
    layers.words(`${at}.word_embeddings.weight`), // [B, S, H]
    layers.rows(`${at}.position_embeddings.weight`, positions), // [S, H] or [B, S, H]
    // RoBERTa has one type only: its row is added to every token.
    layers.rows(types, tokens.types ?? graph.scalar('int64', 0)), // [B, S, H] or [H]
  ];
  const sum = parts.reduce((all, part) => graph.op('Add', [all, part]));
  return layers.flat(layers.norm(sum, `${at}.LayerNorm`));
}

/** What follows attention in a layer: context and x [N, H] -> [N, H]. */
export function feedForward(layers: OnnxLayers, layer: string, config: EncoderConfig, context: Value, x: Value): Value {
  const projected = layers.dense(context, `${layer}.attention.output.dense`); // [N, H]
  const attended = layers.residualNorm(projected, x, `${layer}.attention.output.LayerNorm`); // [N, H]
  const wide = layers.activated(attended, `${layer}.intermediate.dense`, config.activation); // [N, F]
  return layers.residualNorm(layers.dense(wide, `${layer}.output.dense`), attended, `${layer}.output.LayerNorm`); // [N, H]
}
