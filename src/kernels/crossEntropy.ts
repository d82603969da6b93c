/**
 * Softmax cross-entropy of logits [M, V] with one class index a row, as torch's CrossEntropyLoss(weight, label_smoothing): with
 * l_c = log sum_k exp(z_k) - z_c, the sum over rows of (1 - e) w_y l_y + (e / V) sum_c w_c l_c, over the sum of the rows' w_y. Label smoothing is
 * Szegedy et al. 2016 (arXiv:1512.00567). Nothing of the size of the logits is kept but the logits themselves and their gradient, so it
 * serves a vocabulary as well as a handful of classes.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats, integers } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

export interface CrossEntropyOptions {
  /** Weight of each class [V]; null: 1. */
  classWeights: Tensor1D | null;
  /** Share of the target that is spread over all classes. */
  smoothing: number;
}

export const plainCrossEntropy: CrossEntropyOptions = { classWeights: null, smoothing: 0 };

/**
 * `targets` int32 [M], each from 0 to V - 1. The result belongs to the caller's tidy; class weights must outlive the gradient.
 * @throws Error when the shapes do not fit.
 */
export function crossEntropy(logits: Tensor2D, targets: Tensor1D, options: CrossEntropyOptions): Scalar {
  const [M, V] = logits.shape;
  const { classWeights } = options;
  if (targets.size !== M || (classWeights && classWeights.size !== V)) {
    throw new Error(`crossEntropy: ${shapesOf({ logits, targets, ...(classWeights && { classWeights }) })} do not fit`);
  }
  return differentiable<Scalar>([logits], (save) => {
    const { loss, rows, divisor } = onWebGpu()
      ? forwardWebGpu(logits, targets, options)
      : forwardWasm(logits, targets, options);
    save([logits, rows, divisor, targets]);
    return {
      value: loss as Scalar,
      gradient: (dy, saved) => [onWebGpu() ? gradientWebGpu(saved, options, dy) : gradientWasm(saved, options, dy)],
    };
  });
}

/** `rows` [4, M]: log of the sum of exponentials, what the probabilities are multiplied by in the gradient, loss, weight of the target. */
interface Forward {
  loss: Tensor;
  rows: Tensor;
  /** Sum of the weights of the targets. */
  divisor: Tensor;
}

const kernels = new Map<string, Kernel>();

function kernelOf(name: string, weighted: boolean, make: (weight: (c: string) => string) => Omit<Kernel, 'name'>) {
  const key = `${name}${weighted ? ', weighted' : ''}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    const made = make((c) => (weighted ? `weights[${c}]` : '1.0'));
    const inputs = weighted ? { ...made.inputs, weights: 'f32' } : made.inputs;
    kernel = { ...made, name: key, inputs };
    kernels.set(key, kernel);
  }
  return kernel;
}

/** One workgroup a row; each lane keeps the largest logit it has met and the sum of exponentials over it. */
const rowsKernel = (weighted: boolean): Kernel =>
  kernelOf('cross-entropy rows', weighted, (weight) => ({
    inputs: { z: 'f32', targets: 'i32' },
    outputs: { rows: 'f32' },
    uniforms: { M: 'u32', V: 'u32', smoothing: 'f32' },
    body: /* wgsl */ `
var<workgroup> most: array<f32, 64>;
var<workgroup> sums: array<f32, 64>;
var<workgroup> spread: array<vec2<f32>, 64>;
var<workgroup> lse: f32;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= u.M) { return; }
  var largest = -3.4e38;
  var sum = 0.0;
  for (var c = lane; c < u.V; c += 64u) {
    let x = z[row * u.V + c];
    if (x > largest) { sum = sum * exp(largest - x) + 1.0; largest = x; } else { sum += exp(x - largest); }
  }
  most[lane] = largest;
  sums[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = 1u; k < 64u; k++) { largest = max(largest, most[k]); }
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += sums[k] * exp(most[k] - largest); }
    lse = largest + log(sum);
  }
  workgroupBarrier();
  // Sum over the classes of w l, and of w.
  var all = vec2<f32>(0.0);
  if (u.smoothing > 0.0) {
    for (var c = lane; c < u.V; c += 64u) {
      let w = ${weight('c')};
      all += vec2<f32>(w * (lse - z[row * u.V + c]), w);
    }
  }
  spread[lane] = all;
  workgroupBarrier();
  if (lane == 0u) {
    all = vec2<f32>(0.0);
    for (var k = 0u; k < 64u; k++) { all += spread[k]; }
    let y = u32(targets[row]);
    let w = ${weight('y')};
    let kept = (1.0 - u.smoothing) * w;
    let part = u.smoothing / f32(u.V);
    rows[row] = lse;
    rows[u.M + row] = kept + part * all.y;
    rows[2u * u.M + row] = kept * (lse - z[row * u.V + y]) + part * all.x;
    rows[3u * u.M + row] = w;
  }
}`,
  }));

const sumKernel: Kernel = {
  name: 'cross-entropy sum',
  inputs: { rows: 'f32' },
  outputs: { loss: 'f32', divisor: 'f32' },
  uniforms: { M: 'u32' },
  body: /* wgsl */ `
var<workgroup> lanes: array<vec2<f32>, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2<f32>(0.0);
  for (var row = lane; row < u.M; row += 64u) { sum += vec2<f32>(rows[2u * u.M + row], rows[3u * u.M + row]); }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = vec2<f32>(0.0);
    for (var k = 0u; k < 64u; k++) { sum += lanes[k]; }
    loss[0] = sum.x / sum.y;
    divisor[0] = sum.y;
  }
}`,
};

const gradientKernel = (weighted: boolean): Kernel =>
  kernelOf('cross-entropy gradient', weighted, (weight) => ({
    inputs: { z: 'f32', targets: 'i32', rows: 'f32', divisor: 'f32', dy: 'f32' },
    outputs: { dz: 'f32' },
    uniforms: { size: 'u32', M: 'u32', V: 'u32', smoothing: 'f32' },
    body: `${itemsHead}
  let row = item / u.V;
  let c = item % u.V;
  let w = ${weight('c')};
  let p = exp(z[item] - rows[row]);
  let target_part = select(0.0, (1.0 - u.smoothing) * w, c == u32(targets[row]));
  dz[item] = dy[0] / divisor[0] * (rows[u.M + row] * p - target_part - u.smoothing / f32(u.V) * w);
}`,
  }));

function forwardWebGpu(z: Tensor2D, targets: Tensor1D, { classWeights, smoothing }: CrossEntropyOptions): Forward {
  const [M, V] = z.shape;
  const inputs = classWeights ? [z, targets, classWeights] : [z, targets];
  const kernel = rowsKernel(classWeights !== null);
  const [rows] = launch(kernel, inputs, [[4, M]], [M, V, smoothing], workgroupsFor(M, 1));
  const [loss, divisor] = launch(sumKernel, [rows], [[], []], [M], [1, 1, 1]);
  return { loss, rows, divisor };
}

function gradientWebGpu(
  [z, rows, divisor, targets]: Tensor[],
  { classWeights, smoothing }: CrossEntropyOptions,
  dy: Tensor,
): Tensor {
  const [M, V] = z.shape as [number, number];
  const inputs = [z, targets, rows, divisor, dy, ...(classWeights ? [classWeights] : [])];
  const kernel = gradientKernel(classWeights !== null);
  return launch(kernel, inputs, [z.shape], [z.size, M, V, smoothing], workgroupsFor(z.size, 64))[0];
}

function forwardWasm(logits: Tensor2D, targets: Tensor1D, { classWeights, smoothing }: CrossEntropyOptions): Forward {
  const [M, V] = logits.shape;
  const [loss, rows, divisor] = [allocate([]), allocate([4, M]), allocate([])];
  const z = floats(logits);
  const of = floats(rows);
  const weights = classWeights && floats(classWeights);
  const sum = { loss: 0, weight: 0 };
  // Without smoothing only the target's own loss counts.
  const smoothed = smoothing > 0 ? V : 0;
  for (const [row, y] of integers(targets).entries()) {
    const w = weights ? weights[y] : 1;
    const lse = logSumExp(z.subarray(row * V, (row + 1) * V));
    const all = { loss: 0, weight: 0 };
    for (let c = 0; c < smoothed; c++) {
      all.loss += (weights ? weights[c] : 1) * (lse - z[row * V + c]);
      all.weight += weights ? weights[c] : 1;
    }
    of[row] = lse;
    of[M + row] = (1 - smoothing) * w + (smoothing / V) * all.weight;
    of[2 * M + row] = (1 - smoothing) * w * (lse - z[row * V + y]) + (smoothing / V) * all.loss;
    of[3 * M + row] = w;
    sum.loss += of[2 * M + row];
    sum.weight += w;
  }
  floats(loss)[0] = sum.loss / sum.weight;
  floats(divisor)[0] = sum.weight;
  return { loss, rows, divisor };
}

/** log of the sum of exp(x). */
function logSumExp(values: Float32Array): number {
  let most = -Infinity;
  for (const value of values) if (!(value <= most)) most = value;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

function gradientWasm(
  [logits, rows, divisor, targets]: Tensor[],
  { classWeights, smoothing }: CrossEntropyOptions,
  dy: Tensor,
): Tensor {
  const [M, V] = logits.shape as [number, number];
  const result = allocate(logits.shape);
  const dz = floats(result);
  const [z, of] = [floats(logits), floats(rows)];
  const weights = classWeights && floats(classWeights);
  const factor = floats(dy)[0] / floats(divisor)[0];
  for (const [row, y] of integers(targets).entries()) {
    const [lse, multiple] = [of[row], of[M + row]];
    for (let c = 0; c < V; c++) {
      const w = weights ? weights[c] : 1;
      const part = (c === y ? (1 - smoothing) * w : 0) + (smoothing / V) * w;
      dz[row * V + c] = factor * (multiple * Math.exp(z[row * V + c] - lse) - part);
    }
  }
  return result;
}

/** The same loss of plain arrays, rows x classes, in double precision. @param classWeights null: 1 */
export function meanCrossEntropy(
  logits: Float32Array,
  targets: ArrayLike<number>,
  classWeights: ArrayLike<number> | null,
  smoothing: number,
): number {
  const V = logits.length / targets.length;
  const weight = (c: number): number => classWeights?.[c] ?? 1;
  const sum = { loss: 0, weight: 0 };
  for (let row = 0; row < targets.length; row++) {
    const z = logits.subarray(row * V, (row + 1) * V);
    const lse = logSumExp(z);
    const y = targets[row];
    sum.loss += (1 - smoothing) * weight(y) * (lse - z[y]);
    for (let c = 0; c < V; c++) sum.loss += (smoothing / V) * weight(c) * (lse - z[c]);
    sum.weight += weight(y);
  }
  return sum.loss / sum.weight;
}
