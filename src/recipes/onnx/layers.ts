/**
 * The layers that all encoders are built of, as ONNX nodes: the counterpart of nn/layers.ts, reading weights by the same Hugging Face
 * names. Here titles are padded to a rectangle, as every other runtime wants them, and a mask keeps padding out of attention.
 *
 * B titles   S tokens of the longest   N = B S   H hidden size   A heads   D head size
 *
 * The residual stream, LayerNorm and softmax are float32 at every precision. `fp16`: weights and products in float16. `int8`: weights
 * in 8 bits with a scale for each output, activations quantised on the run, products in integers, as onnxruntime's own
 * `quantize_dynamic` writes them; word embeddings with a scale for each row, all other tables and the last layer in float32.
 */
import type { Graph, Value } from '../../formats/onnx/graph.ts';
import {
  floats,
  halves,
  quantizedReach,
  quantizeRows,
  type ElementType,
  type OnnxTensor,
} from '../../formats/onnx/tensors.ts';
import type { EncoderConfig, HiddenActivation } from '../../models/config.ts';
import type { NamedArray, NamedArrays } from '../../shared/arrays.ts';
import type { OnnxPrecision } from '../../shared/onnxFiles.ts';

/** What every family's graph begins with. */
export interface TokenInputs {
  /** int64 [B, S] */
  ids: Value;
  /** 1 for tokens, 0 for padding: float [B, S]. */
  mask: Value;
  /** int64 [B, S]; null for a family without. */
  types: Value | null;
}

/** Names of a layer's projections. */
export interface AttentionNames {
  query: string;
  key: string;
  value: string;
}

/** More attention scores [B, A, S, S], from queries (divided by `scale` already) and keys [B, A, S, D]. */
export type ExtraScores = (queries: Value, keys: Value) => Value[];

export class OnnxLayers {
  readonly graph: Graph;
  readonly tokens: TokenInputs;
  /** In which products are computed. */
  readonly compute: ElementType;
  /** int64 [2]: B, S */
  readonly shape: Value;
  /** int64: S */
  readonly length: Value;
  /** int64 [S]: 0, 1, ... */
  readonly order: Value;
  private readonly weights: NamedArrays;
  private readonly precision: OnnxPrecision;
  private readonly config: EncoderConfig;
  /** Of the names of weights in the graph, which may hold several models. */
  private readonly prefix: string;
  /** What padding adds to attention scores: float [B, 1, 1, S]. */
  private readonly padding: Value;
  private readonly quantized = new Map<string, Value[]>();

  constructor(
    graph: Graph,
    tokens: TokenInputs,
    weights: NamedArrays,
    config: EncoderConfig,
    precision: OnnxPrecision,
    prefix = '',
  ) {
    this.graph = graph;
    this.tokens = tokens;
    this.weights = weights;
    this.config = config;
    this.precision = precision;
    this.prefix = prefix;
    this.compute = precision === 'fp16' ? 'float16' : 'float';
    graph.below('inputs');
    this.shape = graph.op('Shape', [tokens.ids], { type: 'int64' });
    this.length = graph.op('Gather', [this.shape, graph.scalar('int64', 1)]);
    this.order = graph.op('Range', [graph.scalar('int64', 0), this.length, graph.scalar('int64', 1)]);
    const absent = graph.op('Sub', [graph.scalar('float', 1), tokens.mask]);
    // The lowest float32, as Hugging Face: adding a score leaves it as it is.
    const bias = graph.op('Mul', [absent, graph.scalar('float', -3.4028234663852886e38)]);
    this.padding = graph.op('Unsqueeze', [bias, graph.list([1, 2])]);
  }

  /** A weight as it was trained. @throws Error when it is missing. */
  weight(name: string): NamedArray {
    const found = this.weights.get(name);
    if (!found) throw new Error(`ONNX export: parameter ${name} is missing`);
    return found;
  }

  /** Rows of a small table, as float: [...rows, H] */
  rows(name: string, rows: Value): Value {
    return this.graph.cast(this.graph.op('Gather', [this.stored(name), rows]), 'float');
  }

  /** A whole table, as float. */
  table(name: string): Value {
    return this.graph.cast(this.stored(name), 'float');
  }

  /** Word embeddings: float [B, S, H] */
  words(name: string): Value {
    const { graph, tokens } = this;
    if (this.precision !== 'int8') return this.rows(name, tokens.ids);
    const { numbers, scales } = quantizeRows(this.weight(name), quantizedReach.scaled);
    const rows = graph.op('Gather', [this.initializer(`${name}_quantized`, () => numbers), tokens.ids]);
    const scale = this.initializer(`${name}_scale`, () => floats([scales.length, 1], scales));
    return graph.op('Mul', [graph.cast(rows, 'float'), graph.op('Gather', [scale, tokens.ids])]);
  }

  /** x wT + b: [N, I] -> [N, O], in `compute`; with `exact` in float32 at every precision. */
  dense(x: Value, name: string, exact = false): Value {
    if (this.precision === 'int8' && !exact) return this.quantizedDense(x, name);
    const { graph } = this;
    const type = exact ? 'float' : this.compute;
    const parameters = ['weight', 'bias'].map((part) => this.stored(`${name}.${part}`, type));
    // Linear weights of PyTorch are [O, I]: Gemm takes them as they lie.
    return graph.op('Gemm', [graph.cast(x, type), ...parameters], { attributes: { transB: { int: 1 } } });
  }

  /** The same in float for an `x` that does not depend on the titles: onnxruntime computes it once, which it cannot in float16. */
  constantDense(x: Value, name: string): Value {
    if (this.precision !== 'fp16') return this.dense(x, name);
    const { graph } = this;
    const parameters = ['weight', 'bias'].map((part) => graph.cast(this.stored(`${name}.${part}`), 'float'));
    return graph.op('Gemm', [x, ...parameters], { attributes: { transB: { int: 1 } } });
  }

  /** LayerNorm: float [.., H] */
  norm(x: Value, name: string): Value {
    const attributes = { axis: { int: -1 }, epsilon: { float: this.config.layerNormEpsilon } };
    const parameters = ['weight', 'bias'].map((part) => this.stored(`${name}.${part}`, 'float'));
    return this.graph.op('LayerNormalization', [this.graph.cast(x, 'float'), ...parameters], { attributes });
  }

  /** LayerNorm(residual + x): float [N, H] */
  residualNorm(x: Value, residual: Value, name: string): Value {
    return this.norm(this.graph.op('Add', [this.graph.cast(x, 'float'), residual]), name);
  }

  activated(x: Value, name: string, kind: HiddenActivation | 'tanh'): Value {
    return this.activation(this.dense(x, name), kind);
  }

  /** [B, S, H] -> [N, H] */
  flat(x: Value): Value {
    return this.graph.op('Reshape', [x, this.graph.list([-1, this.config.dim])]);
  }

  /** [N, H] -> [B, S, H]; `as` names it. */
  byTitle(x: Value, as?: string): Value {
    const sizes = this.graph.list([this.config.dim]);
    const shape = this.graph.op('Concat', [this.shape, sizes], { attributes: { axis: { int: 0 } } });
    return this.graph.op('Reshape', [x, shape], { as });
  }

  /** The first token of each title: [N, H] -> [B, H] */
  firsts(x: Value): Value {
    const attributes = { axis: { int: 1 } };
    return this.graph.op('Gather', [this.byTitle(x), this.graph.scalar('int64', 0)], { attributes });
  }

  /** Attention inside each title: [N, H] -> [N, H]. `terms`: kinds of scores that are added up, each divided by the root of D times that. */
  attention(x: Value, names: AttentionNames, terms = 1, extra: ExtraScores = () => []): Value {
    const { graph, config } = this;
    const queries = this.split(this.scaled(this.dense(x, names.query), terms)); // [B, A, S, D]
    const keys = this.split(this.dense(x, names.key)); // [B, A, S, D]
    const values = this.split(this.dense(x, names.value)); // [B, A, S, D]
    let scores = graph.op('MatMul', [queries, this.transposed(keys, [0, 1, 3, 2])]); // [B, A, S, S]
    for (const more of extra(queries, keys)) scores = graph.op('Add', [scores, more]);
    const masked = graph.op('Add', [graph.cast(scores, 'float'), this.padding]);
    const shares = graph.op('Softmax', [masked], { attributes: { axis: { int: -1 } } });
    const context = graph.op('MatMul', [graph.cast(shares, this.compute), values]); // [B, A, S, D]
    return graph.op('Reshape', [this.transposed(context, [0, 2, 1, 3]), graph.list([-1, config.dim])]); // [N, H]
  }

  /** Divided by the root of D times `terms`. */
  scaled(x: Value, terms: number): Value {
    const headSize = this.config.dim / this.config.heads;
    return this.graph.op('Mul', [x, this.constant(1 / Math.sqrt(headSize * terms), x)]);
  }

  transposed(x: Value, order: readonly number[]): Value {
    return this.graph.op('Transpose', [x], { attributes: { perm: { ints: order } } });
  }

  /** [N, H] -> [B, A, S, D] */
  private split(x: Value): Value {
    const { dim, heads } = this.config;
    const sizes = this.graph.list([heads, dim / heads]);
    const shape = this.graph.op('Concat', [this.shape, sizes], { attributes: { axis: { int: 0 } } });
    return this.transposed(this.graph.op('Reshape', [x, shape]), [0, 2, 1, 3]);
  }

  private activation(x: Value, kind: HiddenActivation | 'tanh'): Value {
    const { graph } = this;
    const times = (a: Value, b: Value): Value => graph.op('Mul', [a, b]);
    switch (kind) {
      case 'relu':
        return graph.op('Relu', [x]);
      case 'tanh':
        return graph.op('Tanh', [x]);
      case 'gelu': {
        // In this order onnxruntime makes one operation of it.
        const error = graph.op('Erf', [graph.op('Div', [x, this.constant(Math.SQRT2, x)])]);
        return times(times(x, graph.op('Add', [error, this.constant(1, x)])), this.constant(0.5, x));
      }
      case 'gelu_new': {
        const cubic = times(times(times(x, x), x), this.constant(0.044715, x));
        const inner = times(graph.op('Add', [x, cubic]), this.constant(Math.sqrt(2 / Math.PI), x));
        const bent = graph.op('Add', [graph.op('Tanh', [inner]), this.constant(1, x)]);
        return times(times(x, bent), this.constant(0.5, x));
      }
    }
  }

  /** A number in the type of `like`. */
  private constant(value: number, like: Value): Value {
    return this.graph.scalar(like.type === 'float16' ? 'float16' : 'float', value);
  }

  /** A weight in the model: in float16 where products are, unless `type` says otherwise. */
  private stored(name: string, type = this.compute): Value {
    return this.initializer(name, () => {
      const { shape, data } = this.weight(name);
      return type === 'float16' ? halves(shape, data, name) : floats(shape, data);
    });
  }

  private initializer(name: string, make: () => OnnxTensor): Value {
    return this.graph.initializer(this.prefix + name, make);
  }

  private quantizedDense(x: Value, name: string): Value {
    const { graph } = this;
    let input = this.quantized.get(x.name);
    if (!input) {
      input = graph.ops('DynamicQuantizeLinear', [x], ['uint8', 'float', 'uint8']);
      this.quantized.set(x.name, input);
    }
    const [numbers, scale, zeroPoint] = input;
    const weight = quantizeRows(this.weight(`${name}.weight`), quantizedReach.multiplied, true);
    const matrix = this.initializer(`${name}.weight_quantized`, () => weight.numbers); // [I, O]
    const scales = this.initializer(`${name}.weight_scale`, () => floats([weight.scales.length], weight.scales));
    const sums = graph.op('MatMulInteger', [numbers, matrix, zeroPoint], { type: 'int32' });
    const product = graph.op('Mul', [graph.cast(sums, 'float'), graph.op('Mul', [scale, scales])]);
    return graph.op('Add', [product, this.stored(`${name}.bias`)]);
  }
}
