/** DistilBERT as an ONNX graph: see models/distilbert.ts. */
import type { Value } from '../../formats/onnx/graph.ts';
import type { DistilBertConfig } from '../../models/distilbertConfig.ts';
import type { OnnxFamily } from './family.ts';
import type { OnnxLayers } from './layers.ts';

export const distilbertGraph: OnnxFamily<DistilBertConfig> = {
  hasTokenTypes: () => false,
  encode(layers, config, firstsOnly) {
    let x = embeddings(layers); // [N, H]
    for (let i = 0; i < config.layers; i++) {
      const at = `distilbert.transformer.layer.${i}`;
      layers.graph.below(at);
      const names = { query: `${at}.attention.q_lin`, key: `${at}.attention.k_lin`, value: `${at}.attention.v_lin` };
      let context = layers.attention(x, names); // [N, H]
      if (firstsOnly && i === config.layers - 1) {
        // The head reads the first token only: from here on the others need not be computed.
        context = layers.firsts(context); // [B, H]
        x = layers.firsts(x); // [B, H]
      }
      x = layers.residualNorm(layers.dense(context, `${at}.attention.out_lin`), x, `${at}.sa_layer_norm`);
      const wide = layers.activated(x, `${at}.ffn.lin1`, config.activation); // [N, F]
      x = layers.residualNorm(layers.dense(wide, `${at}.ffn.lin2`), x, `${at}.output_layer_norm`);
    }
    return x;
  },
  classify(layers, first) {
    return layers.dense(layers.activated(first, 'pre_classifier', 'relu'), 'classifier', true); // [B, C]
  },
};

/** [N, H] */
function embeddings(layers: OnnxLayers): Value {
  const at = 'distilbert.embeddings';
  layers.graph.below(at);
  const words = layers.words(`${at}.word_embeddings.weight`); // [B, S, H]
  const positions = layers.rows(`${at}.position_embeddings.weight`, layers.order); // [S, H]
  return layers.flat(layers.norm(layers.graph.op('Add', [words, positions]), `${at}.LayerNorm`));
}
