/**
 * An ONNX model file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): IR version 8 and operator set 17, the first with
 * LayerNormalization, which every onnxruntime since 1.12 (2022) runs. Field numbers are those of `onnx.proto`.
 */
import { RungError } from '../../shared/errors.ts';
import type { Attribute, Graph, Node, Port } from './graph.ts';
import { Message } from './message.ts';
import { elementTypes, type OnnxTensor } from './tensors.ts';

const irVersion = 8;
export const operatorSet = 17;

/** What Protocol Buffers allow for one message. */
const maxBytes = 2 ** 31 - 1;

/** What the file says of itself. */
export interface ModelNotes {
  /** Of the graph. */
  name: string;
  metadata: Readonly<Record<string, string>>;
}

/** @throws RungError `file-too-large` beyond the 2 GiB of a message, `weights-mismatch` where a number does not fit float16. */
export function writeOnnx(graph: Graph, { name, metadata }: ModelNotes): Blob {
  const model = new Message().integer(1, irVersion).text(2, 'Rung');
  model.message(7, graphMessage(graph, name));
  model.message(8, new Message().text(1, '').integer(2, operatorSet));
  for (const [key, value] of Object.entries(metadata)) model.message(14, new Message().text(1, key).text(2, value));
  if (model.byteLength > maxBytes) {
    const message = `Writing ${name} as ONNX: it takes ${model.byteLength} bytes, and one file holds at most ${maxBytes}.`;
    throw new RungError('file-too-large', message, 'Choose float16 or 8 bits.');
  }
  return model.toBlob();
}

function graphMessage(graph: Graph, name: string): Message {
  const message = new Message();
  for (const node of graph.nodes) message.message(1, nodeMessage(node));
  message.text(2, name);
  for (const [tensorName, tensor] of graph.initializers) message.message(5, tensorMessage(tensorName, tensor));
  for (const port of graph.inputs) message.message(11, portMessage(port));
  for (const port of graph.outputs) message.message(12, portMessage(port));
  return message;
}

function nodeMessage({ name, op, inputs, outputs, attributes }: Node): Message {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  message.text(3, name).text(4, op);
  for (const [key, attribute] of Object.entries(attributes)) message.message(5, attributeMessage(key, attribute));
  return message;
}

const attributeTypes = { float: 1, int: 2, ints: 7 };

function attributeMessage(name: string, attribute: Attribute): Message {
  const message = new Message().text(1, name);
  if ('float' in attribute) return message.float(2, attribute.float).integer(20, attributeTypes.float);
  if ('int' in attribute) return message.integer(3, attribute.int).integer(20, attributeTypes.int);
  for (const value of attribute.ints) message.integer(8, value);
  return message.integer(20, attributeTypes.ints);
}

function tensorMessage(name: string, tensor: OnnxTensor): Message {
  const message = new Message();
  for (const size of tensor.dims) message.integer(1, size);
  return message.integer(2, elementTypes[tensor.type]).text(8, name).payload(9, tensor);
}

function portMessage({ name, type, dims }: Port): Message {
  const shape = new Message();
  for (const size of dims) {
    shape.message(1, typeof size === 'number' ? new Message().integer(1, size) : new Message().text(2, size));
  }
  const tensorType = new Message().integer(1, elementTypes[type]).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}
