/**
 * A model as an ONNX file, ready for onnxruntime and transformers.js.
 *
 * Inputs, all int64 [batch_size, sequence_length]: `input_ids`, `attention_mask` (1 for tokens, 0 for padding) and, where the family
 * has token types, `token_type_ids`. The classifier gives `logits` [batch_size, labels]; the embedding form `last_hidden_state`
 * [batch_size, sequence_length, hidden size] and `sentence_embedding` [batch_size, hidden size], the mean over the tokens. Outputs are
 * float32 at every precision.
 */
import { memberPrefix } from '../../shared/members.ts';
import { Graph, type Value } from '../../formats/onnx/graph.ts';
import { writeOnnx } from '../../formats/onnx/model.ts';
import type { ModelConfig } from '../../models/model.ts';
import type { NamedArrays } from '../../shared/arrays.ts';
import type { OnnxFile } from '../../shared/onnxFiles.ts';
import { bertGraph } from './bert.ts';
import { debertaV2Graph } from './debertaV2.ts';
import { distilbertGraph } from './distilbert.ts';
import type { OnnxFamily } from './family.ts';
import { OnnxLayers } from './layers.ts';
import { robertaGraph } from './roberta.ts';

const families: Record<ModelConfig['family'], OnnxFamily<ModelConfig>> = {
  distilbert: distilbertGraph,
  bert: bertGraph,
  roberta: robertaGraph,
  debertaV2: debertaV2Graph,
};

/**
 * `members` have their Hugging Face names; there is one, or several whose logits, or last hidden states, are averaged. None is copied but
 * in another precision, and then one tensor at a time.
 * @throws RungError `file-too-large` beyond 2 GiB, `weights-mismatch` where a number does not fit float16.
 */
export function exportOnnx(config: ModelConfig, members: readonly NamedArrays[], { form, precision }: OnnxFile): Blob {
  const family = families[config.family];
  const graph = new Graph();
  const rectangle = ['batch_size', 'sequence_length'];
  const ids = graph.input('input_ids', 'int64', rectangle);
  const attended = graph.input('attention_mask', 'int64', rectangle);
  const types = family.hasTokenTypes(config) ? graph.input('token_type_ids', 'int64', rectangle) : null;
  const tokens = { ids, types, mask: graph.cast(attended, 'float') };
  const layersOf = members.map(
    (weights, i) => new OnnxLayers(graph, tokens, weights, config, precision, memberPrefix(i)),
  );
  if (form === 'classifier') {
    const each = layersOf.map((layers) => {
      const first = family.encode(layers, config, true); // [B, H]
      graph.below('classifier');
      return family.classify(layers, first, config);
    });
    graph.output(meanOfMembers(graph, each, 'logits'), ['batch_size', config.labels]);
  } else {
    const [layers] = layersOf;
    const each = layersOf.map((member) => family.encode(member, config, false)); // [N, H]
    graph.below('embedding');
    const byTitle = layers.byTitle(each.length > 1 ? meanOfMembers(graph, each) : each[0], 'last_hidden_state');
    graph.output(byTitle, [...rectangle, config.dim]);
    graph.output(meanOverTokens(layers, byTitle), ['batch_size', config.dim]);
  }
  const metadata = { family: config.family, form, precision, members: String(members.length) };
  return writeOnnx(graph, { name: `${config.family} ${form}`, metadata });
}

/** `as` names it. */
function meanOfMembers(graph: Graph, values: readonly Value[], as?: string): Value {
  if (values.length === 1) return graph.op('Identity', values, { as });
  graph.below('ensemble');
  // Addition, not the operator for a mean, which onnxruntime does not have on graphics cards.
  const sum = values.reduce((total, value) => graph.op('Add', [total, value]));
  return graph.op('Mul', [sum, graph.scalar('float', 1 / values.length)], { as });
}

/** [B, S, H] -> [B, H] */
function meanOverTokens({ graph, tokens }: OnnxLayers, states: Value): Value {
  const mask = graph.op('Unsqueeze', [tokens.mask, graph.list([2])]); // [B, S, 1]
  const axes = graph.list([1]);
  const attributes = { keepdims: { int: 0 } };
  const sum = graph.op('ReduceSum', [graph.op('Mul', [states, mask]), axes], { attributes }); // [B, H]
  const count = graph.op('ReduceSum', [mask, axes], { attributes }); // [B, 1]
  // A title without tokens gets a vector of zeros.
  const divisor = graph.op('Max', [count, graph.scalar('float', 1)]);
  return graph.op('Div', [sum, divisor], { as: 'sentence_embedding' });
}
