/**
 * DeBERTa-v2 and v3 as ONNX graphs: see models/debertaV2.ts.
 *
 * Which row of the relative embeddings a pair of tokens takes follows from its distance, through a table that holds the row of every
 * distance the model knows; the pairs, and the rows they need, come from the length of the batch. Projected positions do not depend on
 * the titles: onnxruntime computes them once, when it loads the model.
 *
 * P positions   R rows that a batch needs, of 2 span in all
 */
import type { Value } from '../../formats/onnx/graph.ts';
import { integers } from '../../formats/onnx/tensors.ts';
import type { DebertaV2Config, RelativeConfig } from '../../models/debertaV2Config.ts';
import { bucketOf, relativeSpan } from '../../nn/relativePositions.ts';
import { feedForward } from './bert.ts';
import type { OnnxFamily } from './family.ts';
import type { ExtraScores, OnnxLayers } from './layers.ts';

export const debertaV2Graph: OnnxFamily<DebertaV2Config> = {
  hasTokenTypes: ({ typeVocabSize }) => typeVocabSize > 0,
  encode(layers, config, firstsOnly) {
    let x = embeddings(layers, config); // [N, H]
    const { relative } = config;
    const pairs = relative && relativePairs(layers, config, relative);
    const terms = relative ? 1 + Number(relative.c2p) + Number(relative.p2c) : 1;
    for (let i = 0; i < config.layers; i++) {
      const layer = `deberta.encoder.layer.${i}`;
      layers.graph.below(layer);
      const self = `${layer}.attention.self`;
      const names = { query: `${self}.query_proj`, key: `${self}.key_proj`, value: `${self}.value_proj` };
      const extra = relative && pairs ? relativeScores(layers, config, relative, pairs, self) : undefined;
      let context = layers.attention(x, names, terms, extra); // [N, H]
      if (firstsOnly && i === config.layers - 1) {
        // The head reads the first token only: from here on the others need not be computed.
        context = layers.firsts(context); // [B, H]
        x = layers.firsts(x); // [B, H]
      }
      x = feedForward(layers, layer, config, context, x); // [N, H]
    }
    return x;
  },
  classify(layers, first, config) {
    return layers.dense(layers.activated(first, 'pooler.dense', config.poolerActivation), 'classifier', true); // [B, C]
  },
};

/** [N, H]. Hugging Face sets padding to 0 here, which no real token can tell. */
function embeddings(layers: OnnxLayers, config: DebertaV2Config): Value {
  const { graph, tokens, order } = layers;
  const at = 'deberta.embeddings';
  graph.below(at);
  let sum = layers.words(`${at}.word_embeddings.weight`); // [B, S, H]
  if (config.positionBiasedInput) {
    sum = graph.op('Add', [sum, layers.rows(`${at}.position_embeddings.weight`, order)]);
  }
  if (tokens.types) sum = graph.op('Add', [sum, layers.rows(`${at}.token_type_embeddings.weight`, tokens.types)]);
  return layers.flat(layers.norm(sum, `${at}.LayerNorm`));
}

/** The relative positions of a batch, for all layers. */
interface Pairs {
  /** The relative embeddings: float [2 span, H] */
  table: Value;
  /** int64 [1] each: the rows that are needed, from `first` on and before `end`. */
  first: Value;
  end: Value;
  /** Row of each pair of query and key, counted from `first`: int64 [B, A, S, S] */
  rows: Value;
}

function relativePairs(layers: OnnxLayers, config: DebertaV2Config, relative: RelativeConfig): Pairs {
  const { graph, shape, length, order } = layers;
  const { maxPositions: P } = config;
  const span = relativeSpan(relative);
  graph.below('deberta.encoder.relative');
  const rowOf = (distance: number): number => Math.min(2 * span - 1, Math.max(0, bucketOf(distance, relative) + span));
  const known = Array.from({ length: 2 * P - 1 }, (_, i) => rowOf(i - P + 1));
  const rowOfDistance = graph.initializer('deberta.encoder.row_of_distance', () => integers([known.length], known));
  const size = graph.op('Unsqueeze', [length, graph.list([0])]); // [1]
  const first = graph.op('Gather', [rowOfDistance, graph.op('Sub', [graph.list([P]), size])]); // distance 1 - S
  const last = graph.op('Gather', [rowOfDistance, graph.op('Add', [size, graph.list([P - 2])])]); // distance S - 1
  const columns = graph.op('Unsqueeze', [order, graph.list([1])]); // [S, 1]
  const distances = graph.op('Sub', [columns, order]); // [S, S]
  const places = graph.op('Add', [distances, graph.scalar('int64', P - 1)]);
  const rows = graph.op('Sub', [graph.op('Gather', [rowOfDistance, places]), first]); // [S, S]
  const titles = graph.op('Gather', [shape, graph.list([0])]); // [1]
  const attributes = { axis: { int: 0 } };
  const sizes = graph.op('Concat', [titles, graph.list([config.heads]), size, size], { attributes });
  const embedded = layers.table('deberta.encoder.rel_embeddings.weight');
  return {
    table: relative.layerNorm ? layers.norm(embedded, 'deberta.encoder.LayerNorm') : embedded,
    first,
    end: graph.op('Add', [last, graph.list([1])]),
    rows: graph.op('Expand', [rows, sizes]), // [B, A, S, S]
  };
}

/** Scores of contents as queries with positions as keys, and of contents as keys with positions as queries. */
function relativeScores(
  layers: OnnxLayers,
  { heads, dim }: DebertaV2Config,
  { c2p, p2c, shareAttKey }: RelativeConfig,
  { table, first, end, rows }: Pairs,
  self: string,
): ExtraScores {
  const { graph } = layers;
  const projected = (own: string, shared: string): Value => {
    const matrix = layers.constantDense(table, `${self}.${shareAttKey ? shared : own}`); // [2 span, H]
    return graph.op('Reshape', [matrix, graph.list([-1, heads, dim / heads])]); // [2 span, A, D]
  };
  const needed = (positions: Value, axis: number): Value =>
    graph.op('Slice', [graph.cast(positions, layers.compute), first, end, graph.list([axis])]);
  const pick = (scores: Value, axis: number): Value =>
    graph.op('GatherElements', [scores, rows], { attributes: { axis: { int: axis } } });
  return (queries, keys) => {
    const scores: Value[] = [];
    if (c2p) {
      const positions = needed(layers.transposed(projected('pos_key_proj', 'key_proj'), [1, 2, 0]), 2); // [A, D, R]
      scores.push(pick(graph.op('MatMul', [queries, positions]), 3)); // of [B, A, S, R]
    }
    if (p2c) {
      const all = layers.scaled(projected('pos_query_proj', 'query_proj'), 1 + Number(c2p) + Number(p2c));
      const positions = needed(layers.transposed(all, [1, 0, 2]), 1); // [A, R, D]
      // Hugging Face takes the row of key less query and mirrors it: that is the row of query less key.
      scores.push(pick(graph.op('MatMul', [positions, layers.transposed(keys, [0, 1, 3, 2])]), 2)); // of [B, A, R, S]
    }
    return scores;
  };
}
