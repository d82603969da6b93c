import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { readOnnx } from '../../testing/onnxReader.ts';
import { Graph } from './graph.ts';
import { writeOnnx } from './model.ts';
import { floats, type OnnxTensor } from './tensors.ts';

/** y = xT + b for x [rows, 2], b [2, 1] */
function smallGraph(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float', ['rows', 2]);
  const bias = graph.initializer('b', () => floats([2, 1], Float32Array.of(10, 20)));
  graph.below('top');
  const turned = graph.op('Transpose', [x], { attributes: { perm: { ints: [1, 0] } } });
  graph.output(graph.op('Add', [turned, bias], { as: 'y' }), [2, 'rows']);
  return graph;
}

it('is a model that onnxruntime runs', async () => {
  const bytes = new Uint8Array(await writeOnnx(smallGraph(), { name: 'small', metadata: {} }).arrayBuffer());
  const session = await InferenceSession.create(bytes);
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]) });
  expect(y.dims).toEqual([2, 3]);
  expect([...(y.data as Float32Array)]).toEqual([11, 13, 15, 22, 24, 26]);
});

it('says what it is', async () => {
  const blob = writeOnnx(smallGraph(), { name: 'small', metadata: { form: 'toy' } });
  expect(readOnnx(new Uint8Array(await blob.arrayBuffer()))).toEqual({
    irVersion: 8,
    producer: 'Rung',
    operatorSets: [{ domain: '', version: 17 }],
    metadata: { form: 'toy' },
    nodes: [
      {
        name: 'top/Transpose',
        op: 'Transpose',
        domain: '',
        inputs: ['x'],
        outputs: ['top/Transpose.0'],
        attributes: { perm: [1, 0] },
      },
      { name: 'top/Add', op: 'Add', domain: '', inputs: ['top/Transpose.0', 'b'], outputs: ['y'], attributes: {} },
    ],
    initializers: [['b', { type: 1, dims: [2, 1], raw: new Uint8Array(Float32Array.of(10, 20).buffer) }]],
    inputs: [{ name: 'x', type: 1, dims: ['rows', 2] }],
    outputs: [{ name: 'y', type: 1, dims: [2, 'rows'] }],
  });
});

it('is refused where one file cannot hold it', () => {
  const graph = smallGraph();
  const huge: OnnxTensor = { type: 'float', dims: [2 ** 30], byteLength: 2 ** 32, bytes: () => new Uint8Array(0) };
  graph.initializer('huge', () => huge);
  expect(() => writeOnnx(graph, { name: 'small', metadata: {} })).toThrow('at most 2147483647');
});

it('gives each name once', () => {
  const graph = smallGraph();
  expect(() => graph.input('x', 'float', [1])).toThrow('two values named x');
  const again = [graph.scalar('float', 2), graph.scalar('float', 2)];
  expect(again[0]).toEqual(again[1]);
  const names = [graph.op('Neg', [again[0]]), graph.op('Neg', [again[0]])].map(({ name }) => name);
  expect(new Set(names).size).toBe(2);
});
