/** An ONNX graph while it is built: nodes in topological order, each name given once. `model.ts` writes it. */
import { elementTypes, floats, halves, integers, type ElementType, type OnnxTensor } from './tensors.ts';

/** The result of a node, an input or an initializer. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
}

export type Attribute = { int: number } | { float: number } | { ints: readonly number[] };

export interface Node {
  name: string;
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** A number, or the name of a dimension that is known only when the model runs. */
export type Dimension = number | string;

export interface Port extends Value {
  dims: readonly Dimension[];
}

export interface NodeOptions {
  attributes?: Record<string, Attribute>;
  /** Of the result; that of the first input when left out. */
  type?: ElementType;
  /** Name of the result, for an output of the graph. */
  as?: string;
}

export class Graph {
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  private readonly names = new Set<string>();
  private readonly casts = new Map<string, Value>();
  private scope = '';

  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    this.claim(name);
    const port = { name, type, dims };
    this.inputs.push(port);
    return port;
  }

  output(value: Value, dims: readonly Dimension[]): void {
    this.outputs.push({ ...value, dims });
  }

  /** Nodes from here on are named below `scope`. */
  below(scope: string): void {
    this.scope = scope;
  }

  /** A tensor of the model; asked for again by the same name, the one that is there. */
  initializer(name: string, make: () => OnnxTensor): Value {
    let tensor = this.initializers.get(name);
    if (!tensor) {
      this.claim(name);
      tensor = make();
      this.initializers.set(name, tensor);
    }
    return { name, type: tensor.type };
  }

  /** A constant number. */
  scalar(type: 'float' | 'float16' | 'int64', value: number): Value {
    const name = `constant.${type}.${value}`;
    return this.initializer(name, () => {
      if (type === 'int64') return integers([], [value]);
      const data = Float32Array.of(value);
      return type === 'float' ? floats([], data) : halves([], data, name);
    });
  }

  /** A constant list of int64: axes, shapes, bounds. */
  list(values: readonly number[]): Value {
    return this.initializer(`constant.list.${values.join('.')}`, () => integers([values.length], values));
  }

  /** A node with one result. */
  op(op: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const type = options.type ?? inputs[0].type;
    const [value] = this.add(op, inputs, [type], options);
    return value;
  }

  /** A node with several results, of these types. */
  ops(op: string, inputs: readonly Value[], types: readonly ElementType[]): Value[] {
    return this.add(op, inputs, types, {});
  }

  /** The value in another element type; cast once, however often it is asked for. */
  cast(value: Value, type: ElementType): Value {
    if (value.type === type) return value;
    const key = `${value.name}:${type}`;
    const known = this.casts.get(key);
    if (known) return known;
    const cast = this.op('Cast', [value], { type, attributes: { to: { int: elementTypes[type] } } });
    this.casts.set(key, cast);
    return cast;
  }

  private add(op: string, inputs: readonly Value[], types: readonly ElementType[], options: NodeOptions): Value[] {
    const name = this.freeName(`${this.scope}/${op}`);
    const outputs = types.map((type, i) => ({ name: this.claim(options.as ?? `${name}.${i}`), type }));
    this.nodes.push({
      name,
      op,
      inputs: inputs.map((value) => value.name),
      outputs: outputs.map((value) => value.name),
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.names.has(name); number++) name = `${wanted}_${number}`;
    return this.claim(name);
  }

  private claim(name: string): string {
    if (this.names.has(name)) throw new Error(`ONNX graph: there are two values named ${name}`);
    this.names.add(name);
    return name;
  }
}
