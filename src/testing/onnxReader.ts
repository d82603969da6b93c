/** Reads an ONNX file back as far as tests need it: by the field numbers of onnx.proto, knowing nothing of how it was written. */

export interface ReadNode {
  name: string;
  op: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  /** As written: whole numbers, floats, lists of whole numbers. */
  attributes: Record<string, number | number[]>;
}

export interface ReadTensor {
  type: number;
  dims: number[];
  raw: Uint8Array;
}

export interface ReadPort {
  name: string;
  type: number;
  dims: (number | string)[];
}

export interface ReadModel {
  irVersion: number;
  producer: string;
  operatorSets: { domain: string; version: number }[];
  metadata: Record<string, string>;
  nodes: ReadNode[];
  /** Names in the order of the file; a name may be there twice. */
  initializers: [string, ReadTensor][];
  inputs: ReadPort[];
  outputs: ReadPort[];
}

/** Field number -> values in their order: numbers, or the bytes of strings and messages. */
class Fields {
  private readonly values = new Map<number, (number | Uint8Array)[]>();

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = (): number => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++];
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return Number(BigInt.asIntN(64, value));
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const [field, wireType] = [tag >>> 3, tag & 7];
      let value: number | Uint8Array;
      if (wireType === 0) value = varint();
      else if (wireType === 5) {
        value = view.getFloat32(at, true);
        at += 4;
      } else if (wireType === 2) {
        const length = varint();
        value = bytes.subarray(at, at + length);
        if (value.length !== length) throw new Error(`field ${field} of ${length} bytes ends after the message`);
        at += length;
      } else throw new Error(`wire type ${wireType} at byte ${at}`);
      this.values.set(field, [...(this.values.get(field) ?? []), value]);
    }
  }

  numbers(field: number): number[] {
    return (this.values.get(field) ?? []).map((value) => {
      if (typeof value !== 'number') throw new Error(`field ${field} is no number`);
      return value;
    });
  }

  blocks(field: number): Uint8Array[] {
    return (this.values.get(field) ?? []).map((value) => {
      if (typeof value === 'number') throw new Error(`field ${field} is a number`);
      return value;
    });
  }

  texts(field: number): string[] {
    return this.blocks(field).map((bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  }

  messages(field: number): Fields[] {
    return this.blocks(field).map((bytes) => new Fields(bytes));
  }
}

export function readOnnx(bytes: Uint8Array): ReadModel {
  const model = new Fields(bytes);
  const [graph] = model.messages(7);
  return {
    irVersion: model.numbers(1)[0],
    producer: model.texts(2)[0],
    operatorSets: model.messages(8).map((set) => ({ domain: set.texts(1)[0] ?? '', version: set.numbers(2)[0] })),
    metadata: Object.fromEntries(model.messages(14).map((entry) => [entry.texts(1)[0], entry.texts(2)[0]])),
    nodes: graph.messages(1).map(nodeOf),
    initializers: graph
      .messages(5)
      .map((tensor) => [
        tensor.texts(8)[0],
        { type: tensor.numbers(2)[0], dims: tensor.numbers(1), raw: tensor.blocks(9)[0] },
      ]),
    inputs: graph.messages(11).map(portOf),
    outputs: graph.messages(12).map(portOf),
  };
}

function nodeOf(node: Fields): ReadNode {
  return {
    name: node.texts(3)[0],
    op: node.texts(4)[0],
    domain: node.texts(7)[0] ?? '',
    inputs: node.texts(1),
    outputs: node.texts(2),
    attributes: Object.fromEntries(node.messages(5).map((attribute) => [attribute.texts(1)[0], valueOf(attribute)])),
  };
}

/** By the attribute's type: 1 float, 2 int, 7 list of ints. */
function valueOf(attribute: Fields): number | number[] {
  switch (attribute.numbers(20)[0]) {
    case 1:
      return attribute.numbers(2)[0];
    case 2:
      return attribute.numbers(3)[0];
    case 7:
      return attribute.numbers(8);
    default:
      throw new Error(`attribute type ${attribute.numbers(20)[0]}`);
  }
}

function portOf(port: Fields): ReadPort {
  const [tensorType] = port.messages(2)[0].messages(1);
  const dims = tensorType
    .messages(2)[0]
    .messages(1)
    .map((size) => size.texts(2)[0] ?? size.numbers(1)[0]);
  return { name: port.texts(1)[0], type: tensorType.numbers(1)[0], dims };
}
