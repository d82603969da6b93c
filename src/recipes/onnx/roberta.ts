/** RoBERTa and XLM-RoBERTa as ONNX graphs: see models/roberta.ts. */
import type { Value } from '../../formats/onnx/graph.ts';
import type { RobertaConfig } from '../../models/bertConfig.ts';
import { bertStates } from './bert.ts';
import type { OnnxFamily } from './family.ts';
import type { OnnxLayers } from './layers.ts';

export const robertaGraph: OnnxFamily<RobertaConfig> = {
  hasTokenTypes: () => false,
  encode: (layers, config, firstsOnly) =>
    bertStates(layers, 'roberta.', config, positions(layers, config.padTokenId), firstsOnly),
  classify(layers, first) {
    return layers.dense(layers.activated(first, 'classifier.dense', 'tanh'), 'classifier.out_proj', true); // [B, C]
  },
};

/** Counted from the pad id + 1 over what is no padding, which takes the row of the pad id: int64 [B, S] */
function positions({ graph, tokens }: OnnxLayers, padTokenId: number): Value {
  graph.below('roberta.embeddings.positions');
  const pad = graph.scalar('int64', padTokenId);
  const isPad = graph.op('Equal', [tokens.ids, pad], { type: 'bool' });
  const isToken = graph.cast(graph.op('Not', [isPad]), 'int64');
  const count = graph.op('CumSum', [isToken, graph.scalar('int64', 1)]);
  return graph.op('Add', [graph.op('Mul', [count, isToken]), pad]);
}
