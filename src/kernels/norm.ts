/**
 * LayerNorm (Ba, Kiros & Hinton 2016) over the rows of [N, H], with what surrounds it in an encoder:
 *   residualNorm: LayerNorm(residual + dropout(x))
 *   layerNorm: LayerNorm(x)
 *   embed: dropout(LayerNorm(words[word] + positions[position])), see embed.ts
 * Kept for the gradient: the normalised rows [N, H] and the reciprocal of each row's standard deviation [N].
 * Gradient of a row h with g = dy * gain: rstd * (g - mean(g) - normalised * mean(g * normalised)).
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { dropWasm } from './activation.ts';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { dropThreshold, dropoutWgsl, keepScale, noDropout, type Dropout } from './dropout.ts';
import { layerNormWasm, normGradientWasm, residualNormWasm } from './normWasm.ts';
import { allocate, floats } from './wasmHeap.ts';
import { isSoftwareAdapter, itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** The result belongs to the caller's tidy. @throws Error when the shapes do not fit. */
export function residualNorm(
  x: Tensor2D,
  residual: Tensor2D,
  gain: Tensor1D,
  bias: Tensor1D,
  epsilon: number,
  dropout: Dropout,
): Tensor2D {
  if (x.shape.join() !== residual.shape.join() || gain.size !== x.shape[1] || bias.size !== x.shape[1]) {
    throw new Error(`residualNorm: ${shapesOf({ x, residual, gain, bias })} do not fit together`);
  }
  return differentiable<Tensor2D>([x, residual, gain, bias], (save) => {
    const [value, normalised, rstd] = onWebGpu()
      ? rowsForward('residual', [x, residual, gain, bias], x.shape, epsilon, dropout)
      : residualNormWasm(x, residual, gain, bias, epsilon, dropout);
    save([normalised, rstd, gain]);
    return {
      value: value as Tensor2D,
      gradient: (dy, saved) => {
        const { sum, kept, gain: dGain, bias: dBias } = normGradient(dy, saved[0], saved[1], saved[2], dropout);
        return [kept, sum, dGain, dBias];
      },
    };
  });
}

/** LayerNorm(x): [N, H] -> [N, H]. The result belongs to the caller's tidy. @throws Error when the shapes do not fit. */
export function layerNorm(x: Tensor2D, gain: Tensor1D, bias: Tensor1D, epsilon: number): Tensor2D {
  if (gain.size !== x.shape[1] || bias.size !== x.shape[1])
    throw new Error(`layerNorm: ${shapesOf({ x, gain, bias })} do not fit together`);
  return differentiable<Tensor2D>([x, gain, bias], (save) => {
    const [value, normalised, rstd] = onWebGpu()
      ? rowsForward('plain', [x, gain, bias], x.shape, epsilon, noDropout)
      : layerNormWasm(x, gain, bias, epsilon);
    save([normalised, rstd, gain]);
    return {
      value: value as Tensor2D,
      gradient: (dy, saved) => {
        const { sum, gain: dGain, bias: dBias } = normGradient(dy, saved[0], saved[1], saved[2]);
        return [sum, dGain, dBias];
      },
    };
  });
}

interface NormGradient {
  /** Of what was normalised. */
  sum: Tensor;
  /** The same times each element's dropout factor: of the part of the sum that was dropped from. */
  kept: Tensor;
  gain: Tensor;
  bias: Tensor;
}

/** From dy of LayerNorm's output. */
export function normGradient(
  dy: Tensor,
  normalised: Tensor,
  rstd: Tensor,
  gain: Tensor,
  dropout: Dropout = noDropout,
): NormGradient {
  const [N, H] = dy.shape;
  const { rate, seed } = dropout;
  if (!onWebGpu()) {
    const gradient = normGradientWasm(dy, normalised, rstd, gain);
    return { ...gradient, kept: rate > 0 ? scaleByKeep(gradient.sum, dropout) : gradient.sum.clone() };
  }
  const rows = rowsKernel(rate > 0 ? 'backward dropout' : 'backward');
  const outputs = rate > 0 ? [dy.shape, dy.shape] : [dy.shape];
  const uniforms = rate > 0 ? [N, H, seed, dropThreshold(rate), keepScale(rate)] : [N, H];
  const [sum, kept] = launch(rows.kernel, [dy, normalised, rstd, gain], outputs, uniforms, rows.workgroups(N));
  const columns = columnsKernel();
  const groups: [number, number, number] = [Math.ceil(H / columns.width), 1, 1];
  const [dGain, dBias] = launch(columns.kernel, [dy, normalised], [[H], [H]], [N, H], groups);
  return { sum, kept: kept ?? sum.clone(), gain: dGain, bias: dBias };
}

/** x times the dropout factor of each element. */
export function scaleByKeep(x: Tensor, dropout: Dropout): Tensor {
  const { rate, seed } = dropout;
  if (onWebGpu()) {
    return launch(
      keepKernel,
      [x],
      [x.shape],
      [x.size, seed, dropThreshold(rate), keepScale(rate)],
      workgroupsFor(x.size, 64),
    )[0];
  }
  const scaled = allocate(x.shape);
  const to = floats(scaled);
  to.set(floats(x));
  dropWasm(to, dropout);
  return scaled;
}

const keepKernel: Kernel = {
  name: 'dropout gradient',
  inputs: { x: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', seed: 'u32', threshold: 'u32', scale: 'f32' },
  body: `${dropoutWgsl}${itemsHead}
  y[item] = x[item] * keep_factor(u.seed, u.threshold, u.scale, item);
}`,
};

/** [y, normalised, rstd] of rows [N, H]; `inputs` as the kind names them. */
export function rowsForward(
  kind: NormKind,
  inputs: Tensor[],
  [N, H]: [number, number],
  epsilon: number,
  { rate, seed }: Dropout,
): Tensor[] {
  const rows = rowsKernel(rate > 0 ? `${kind} dropout` : kind);
  const uniforms = [N, H, epsilon, seed, dropThreshold(rate), keepScale(rate)];
  return launch(rows.kernel, inputs, [[N, H], [N, H], [N]], uniforms, rows.workgroups(N));
}

/** What is normalised. */
export type NormKind = 'plain' | 'residual' | 'embed' | 'embed positions';
type RowsKind = NormKind | 'backward' | `${NormKind | 'backward'} dropout`;

interface RowsKernel {
  kernel: Kernel;
  workgroups(rows: number): [number, number, number];
}

const rowsKernels = new Map<string, RowsKernel>();

/**
 * A kernel that works on rows. On a GPU a workgroup of 64 shares a row and sums through workgroup memory; on a software adapter, where
 * a barrier costs more than the row, each thread has a row of its own.
 */
function rowsKernel(kind: RowsKind): RowsKernel {
  const alone = isSoftwareAdapter();
  const key = `${kind} ${alone}`;
  let built = rowsKernels.get(key);
  if (!built) {
    const backward = kind.startsWith('backward');
    const dropping = kind.endsWith('dropout');
    const kernel: Kernel = {
      name: `norm ${key}`,
      inputs: rowInputs(kind),
      outputs: backward
        ? { dx: 'f32', ...(dropping && { kept: 'f32' }) }
        : { y: 'f32', normalised: 'f32', rstd: 'f32' },
      uniforms: backward
        ? { N: 'u32', H: 'u32', ...(dropping && { seed: 'u32', threshold: 'u32', scale: 'f32' }) }
        : { N: 'u32', H: 'u32', epsilon: 'f32', seed: 'u32', threshold: 'u32', scale: 'f32' },
      body: rowsBody(kind, alone),
    };
    built = { kernel, workgroups: (rows) => workgroupsFor(rows, alone ? 16 : 1) };
    rowsKernels.set(key, built);
  }
  return built;
}

function rowInputs(kind: RowsKind): Record<string, string> {
  if (kind.startsWith('backward')) return { dy: 'f32', normalised: 'f32', rstd: 'f32', gain: 'f32' };
  const norm = { gain: 'f32', bias: 'f32' };
  if (kind.startsWith('plain')) return { x: 'f32', ...norm };
  if (kind.startsWith('residual')) return { x: 'f32', residual: 'f32', ...norm };
  const positions = kind.includes('positions') ? { positions: 'f32' } : null;
  return { words: 'f32', ...positions, ...norm, tokens: 'i32' };
}

/** What one row holds before it is normalised. */
function rowValue(kind: RowsKind): string {
  if (kind.startsWith('plain')) return 'x[at]';
  if (kind === 'residual') return 'residual[at] + x[at]';
  if (kind === 'residual dropout') return 'residual[at] + x[at] * keep_factor(u.seed, u.threshold, u.scale, at)';
  const positions = kind.includes('positions') ? ' + positions[u32(tokens[u.N + row]) * u.H + i]' : '';
  return `words[u32(tokens[row]) * u.H + i]${positions}`;
}

/** A loop over the row's columns that are this lane's. */
const each = (line: string): string => `for (var i = lane; i < u.H; i += lanes) { let at = row * u.H + i; ${line} }`;

function rowsBody(kind: RowsKind, alone: boolean): string {
  const head = alone
    ? `const lanes = 1u;
fn total(x: f32, lane: u32) -> f32 { return x; }
@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.y * groups.x * 16u + id.x;
  let lane = 0u;
  if (row >= u.N) { return; }`
    : `const lanes = 64u;
var<workgroup> parts: array<f32, 64>;
fn total(x: f32, lane: u32) -> f32 {
  workgroupBarrier();
  parts[lane] = x;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (lane < width) { parts[lane] += parts[lane + width]; }
    workgroupBarrier();
  }
  return parts[0];
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group.y * groups.x + group.x;
  let lane = local.x;
  if (row >= u.N) { return; }`;
  if (kind.startsWith('backward')) {
    const keep = kind.endsWith('dropout') ? 'kept[at] = d * keep_factor(u.seed, u.threshold, u.scale, at);' : '';
    return `${dropoutWgsl}${head}
  var a = 0.0;
  var b = 0.0;
  ${each('let g = dy[at] * gain[i]; a += g; b += g * normalised[at];')}
  let mean_a = total(a, lane) / f32(u.H);
  let mean_b = total(b, lane) / f32(u.H);
  let scale = rstd[row];
  ${each(`let d = scale * (dy[at] * gain[i] - mean_a - normalised[at] * mean_b); dx[at] = d; ${keep}`)}
}`;
  }
  const dropped =
    kind.startsWith('embed') && kind.endsWith('dropout') ? ' * keep_factor(u.seed, u.threshold, u.scale, at)' : '';
  return `${dropoutWgsl}${head}
  var sum = 0.0;
  ${each(`let h = ${rowValue(kind)}; normalised[at] = h; sum += h;`)}
  let mean = total(sum, lane) / f32(u.H);
  var squares = 0.0;
  ${each('let c = normalised[at] - mean; squares += c * c;')}
  let scale = inverseSqrt(total(squares, lane) / f32(u.H) + u.epsilon);
  ${each(`let n = (normalised[at] - mean) * scale; normalised[at] = n; y[at] = (n * gain[i] + bias[i])${dropped};`)}
  if (lane == 0u) { rstd[row] = scale; }
}`;
}

interface ColumnsKernel {
  kernel: Kernel;
  /** Columns a workgroup. */
  width: number;
}

const columnsKernels = new Map<boolean, ColumnsKernel>();

/** Sums over the rows, one column a thread; on a GPU 16 threads share a column, each with every 16th row. */
function columnsKernel(): ColumnsKernel {
  const alone = isSoftwareAdapter();
  let built = columnsKernels.get(alone);
  if (!built) {
    const shares = alone ? 1 : 16;
    const kernel: Kernel = {
      name: `norm columns ${shares}`,
      inputs: { dy: 'f32', normalised: 'f32' },
      outputs: { gain: 'f32', bias: 'f32' },
      uniforms: { N: 'u32', H: 'u32' },
      body: /* wgsl */ `
var<workgroup> parts: array<vec2<f32>, ${16 * shares}>;
@compute @workgroup_size(16, ${shares})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  var sum = vec2<f32>();
  if (id.x < u.H) {
    for (var row = id.y; row < u.N; row += ${shares}u) {
      let at = row * u.H + id.x;
      sum += dy[at] * vec2<f32>(normalised[at], 1.0);
    }
  }
  ${
    alone
      ? 'if (id.x < u.H) { parts[index] = sum; }'
      : `parts[index] = sum;
  workgroupBarrier();
  if (id.y == 0u) {
    sum = vec2<f32>();
    for (var k = 0u; k < ${shares}u; k++) { sum += parts[k * 16u + index]; }
  }`
  }
  if (id.y == 0u && id.x < u.H) { gain[id.x] = sum.x; bias[id.x] = sum.y; }
}`,
    };
    built = { kernel, width: 16 };
    columnsKernels.set(alone, built);
  }
  return built;
}
