/**
 * dropout(LayerNorm(words[word] + positions[position])): tables [V, H] and [P, H], `tokens` [5, N] as in PackedBatch -> [N, H].
 * Without positions: dropout(LayerNorm(words[word])). The gradient of a table sums the tokens of each row in a fixed order (tokens come
 * sorted by row), so it needs no atomics and a run repeats to the bit.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { dropWasm } from './activation.ts';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import type { Dropout } from './dropout.ts';
import { normGradient, rowsForward, scaleByKeep } from './norm.ts';
import { normaliseWasm } from './normWasm.ts';
import { allocate, floats, integers } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** Which tokens use each row of a table: see `orderByRow`. Null where no gradient is wanted. */
export interface RowOrders {
  byWord: Tensor1D | null;
  byPosition: Tensor1D | null;
}

/** The result belongs to the caller's tidy; `orders` must outlive the gradient. @throws Error when the shapes do not fit. */
export function embed(
  words: Tensor2D,
  positions: Tensor2D | null,
  gain: Tensor1D,
  bias: Tensor1D,
  tokens: Tensor2D,
  orders: RowOrders,
  epsilon: number,
  dropout: Dropout,
): Tensor2D {
  const H = words.shape[1];
  const tables = positions ? [words, positions] : [words];
  if (tables.some((table) => table.shape[1] !== H) || gain.size !== H || bias.size !== H || tokens.shape[0] !== 5) {
    const given = { words, ...(positions && { positions }), gain, bias, tokens };
    throw new Error(`embed: ${shapesOf(given)} do not fit together`);
  }
  const rows = { words: words.shape[0], positions: positions?.shape[0] ?? 0 };
  return differentiable<Tensor2D>([...tables, gain, bias], (save) => {
    const [value, normalised, rstd] = onWebGpu()
      ? rowsForward(
          positions ? 'embed positions' : 'embed',
          [...tables, gain, bias, tokens],
          [tokens.shape[1], H],
          epsilon,
          dropout,
        )
      : forwardWasm({ words, positions, gain, bias, tokens }, epsilon, dropout);
    save([normalised, rstd, gain]);
    return {
      value: value as Tensor2D,
      gradient: (dy, saved) => {
        const dNorm = dropout.rate > 0 ? scaleByKeep(dy, dropout) : dy;
        const { sum, gain: dGain, bias: dBias } = normGradient(dNorm, saved[0], saved[1], saved[2]);
        const gradients: Tensor[] = [sumByRow(sum, ordered(orders.byWord), rows.words)];
        if (positions) gradients.push(sumByRow(sum, ordered(orders.byPosition), rows.positions));
        return [...gradients, dGain, dBias];
      },
    };
  });
}

function ordered(order: Tensor1D | null): Tensor1D {
  if (!order) throw new Error('embed: this batch was packed without what the gradient needs');
  return order;
}

interface EmbedInputs {
  words: Tensor;
  positions: Tensor | null;
  gain: Tensor;
  bias: Tensor;
  tokens: Tensor;
}

function forwardWasm(inputs: EmbedInputs, epsilon: number, dropout: Dropout): Tensor[] {
  const H = inputs.words.shape[1]!;
  const N = inputs.tokens.shape[1]!;
  const outputs = [allocate([N, H]), allocate([N, H]), allocate([N])];
  const [y, normalised, rstd] = outputs.map(floats);
  const words = floats(inputs.words);
  const positions = inputs.positions && floats(inputs.positions);
  const tokens = integers(inputs.tokens);
  for (let row = 0; row < N; row++) {
    const word = tokens[row] * H;
    const position = tokens[N + row] * H;
    const to = row * H;
    if (positions) for (let i = 0; i < H; i++) normalised[to + i] = words[word + i] + positions[position + i];
    else for (let i = 0; i < H; i++) normalised[to + i] = words[word + i];
  }
  normaliseWasm(y, normalised, rstd, floats(inputs.gain), floats(inputs.bias), epsilon);
  dropWasm(y, dropout);
  return outputs;
}

const sumKernel: Kernel = {
  name: 'sum by row',
  inputs: { x: 'f32', order: 'i32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', H: 'u32', rows: 'u32' },
  body: `${itemsHead}
  let row = item / u.H;
  let column = item % u.H;
  var sum = 0.0;
  let end = u32(order[row + 1u]);
  for (var k = u32(order[row]); k < end; k++) { sum += x[u32(order[u.rows + 1u + k]) * u.H + column]; }
  y[item] = sum;
}`,
};

/** Sums the rows of x [N, H] that belong to each table row: [rows, H]. */
function sumByRow(x: Tensor, order: Tensor1D, rows: number): Tensor2D {
  const H = x.shape[1]!;
  if (onWebGpu()) {
    return launch(sumKernel, [x, order], [[rows, H]], [rows * H, H, rows], workgroupsFor(rows * H, 64))[0] as Tensor2D;
  }
  const result = allocate([rows, H]) as Tensor2D;
  const to = floats(result).fill(0);
  const from = floats(x);
  const sorted = integers(order);
  for (let row = 0; row < rows; row++) {
    for (let k = sorted[row]; k < sorted[row + 1]; k++) {
      const start = sorted[rows + 1 + k] * H;
      for (let i = 0; i < H; i++) to[row * H + i] += from[start + i];
    }
  }
  return result;
}
