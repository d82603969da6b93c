/**
 * AdamW (Loshchilov & Hutter 2019), as torch.optim.AdamW after clip_grad_norm_, in place:
 *   g *= min(1, maxNorm / (norm + 1e-6));  p *= 1 - lr wd;  m, v = moments;  p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
 * The norm over all gradients never leaves the GPU. Sums run in a fixed order, so a run repeats to the bit.
 */
import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import { factors, padded, type AdamWItem, type AdamWStep, type MomentSlot } from './adamwItem.ts';
import { adamWStepWasm } from './adamwWasm.ts';
import { keepAll, onWebGpu } from './device.ts';
import { bindingLimits, isSoftwareAdapter, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** Bytes of moments in one tensor at most, unless a single parameter's are more. */
const flatBytes = 2 ** 28;

/**
 * Moments, all 0, for parameters of these sizes, in order, many in one tensor: a kernel can be given only few buffers, and with one for
 * the moments of all it updates several parameters at a time. The tensors of the slots outlive every tidy; the caller disposes of each once.
 */
export function zeroMoments(sizes: number[]): MomentSlot[] {
  const limit = Math.min(flatBytes, bindingLimits().bytes) / 4;
  const tensors: number[] = [];
  const places = sizes.map((size) => {
    const length = 2 * padded(size);
    const last = tensors.length - 1;
    if (last < 0 || tensors[last] + length > limit) return { tensor: tensors.push(length) - 1, at: 0 };
    tensors[last] += length;
    return { tensor: last, at: tensors[last] - length };
  });
  const flats = keepAll(() => tensors.map((length) => zeros([length])));
  return places.map(({ tensor, at }) => ({ flat: flats[tensor], at }));
}

/**
 * Updates parameters and moments in place; parameters that are left out stay as they are and do not count in the norm. Temporary tensors
 * belong to the caller's tidy.
 */
export function adamWStep(items: AdamWItem[], options: AdamWStep): void {
  if (items.length === 0) return;
  if (onWebGpu()) stepWebGpu(items, options);
  else adamWStepWasm(items, options);
}

/** Elements whose squares one workgroup sums. */
const elementsPerPart = 8192;

const kernels = new Map<string, Kernel>();

function memoised(name: string, build: () => Omit<Kernel, 'name'>): Kernel {
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, (kernel = { name, ...build() }));
  return kernel;
}

const numbered = <T>(count: number, entry: (i: number) => [string, T][]): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => entry(i)).flat());

/**
 * A loop over the vec4s of each item that are this thread's, `item` the index. Stretches of `width` are numbered through all items:
 * item i has those below `u.end{i}` that no item before it has. A loop and no branch: a software adapter runs through every branch, taken
 * or not, and through less of a loop without a turn.
 */
const ofStretch = (count: number, width: number, lanes: number, body: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => {
    const begin = i === 0 ? '0u' : `u.end${i - 1}`;
    const vectors = `(u.size${i} + 3u) / 4u`;
    return /* wgsl */ `{
    let start = (stretch - ${begin}) * ${width}u;
    let stop = min(${vectors}, start + ${width}u);
    for (var item = select(stop, start + lane, stretch >= ${begin} && stretch < u.end${i}); item < stop; item += ${lanes}u) {
      ${body(i)}
    }
  }`;
  }).join('\n  ');

/** WGSL head of a kernel in which a workgroup of 64 shares a stretch; or, on a software adapter, each thread has its own (`alone`). */
const stretchHead = (alone: boolean): string =>
  alone
    ? /* wgsl */ `
@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let stretch = id.y * groups.x * 4u + id.x;
  let lane = 0u;`
    : /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let stretch = id.y * groups.x + id.x;`;

/** Sums of squares of `count` gradients. What a buffer holds past its tensor's end is left out. */
function squaresKernel(count: number): Kernel {
  const alone = isSoftwareAdapter();
  return memoised(`gradient squares ${count} ${alone}`, () => ({
    inputs: numbered(count, (i) => [[`g${i}`, 'vec4<f32>']]),
    outputs: { parts: 'f32' },
    uniforms: {
      first: 'u32',
      ...numbered(count, (i): [string, 'u32'][] => [
        [`end${i}`, 'u32'],
        [`size${i}`, 'u32'],
      ]),
    },
    body: /* wgsl */ `
${alone ? '' : 'var<workgroup> lanes: array<f32, 64>;'}
fn squares(x: vec4<f32>, at: u32, size: u32) -> vec4<f32> {
  let kept = select(vec4<f32>(), x, vec4<u32>(at) * 4u + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(size));
  return kept * kept;
}
${stretchHead(alone)}
  var four = vec4<f32>();
  ${ofStretch(count, elementsPerPart / 4, alone ? 1 : 64, (i) => `four += squares(g${i}[item], item, u.size${i});`)}
  var sum = four.x + four.y + four.z + four.w;
  ${
    alone
      ? `if (stretch < u.end${count - 1}) { parts[u.first + stretch] = sum; }`
      : `lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u && stretch < u.end${count - 1}) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += lanes[k]; }
    parts[u.first + stretch] = sum;
  }`
  }
}`,
  }));
}

const clipKernel: Kernel = {
  name: 'gradient clip',
  inputs: { parts: 'f32' },
  outputs: { clip: 'f32' },
  uniforms: { size: 'u32', max_norm: 'f32' },
  body: /* wgsl */ `
var<workgroup> lanes: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var at = lane; at < u.size; at += 64u) { sum += parts[at]; }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += lanes[k]; }
    // Not min, which may turn a NaN into 1.
    let factor = u.max_norm / (sqrt(sum) + 1e-6);
    clip[0] = select(factor, 1.0, factor > 1.0);
  }
}`,
};

/** Vec4s that one workgroup updates. */
const vectorsPerGroup = 256;

const sharedUniforms: Record<string, 'f32'> = {
  beta1: 'f32',
  beta2: 'f32',
  epsilon: 'f32',
  root2: 'f32',
  rest1: 'f32',
  rest2: 'f32',
};

/** The update of vec4 `item` of parameter i. Numbers past a tensor's end are computed too, and reach nothing. */
const updateWgsl = (i: number): string => /* wgsl */ `
      let at = u.at${i} + item;
      let second = at + (u.size${i} + 3u) / 4u;
      let g = g${i}[item] * factor;
      let m = u.beta1 * moments[at] + u.rest1 * g;
      let v = u.beta2 * moments[second] + u.rest2 * g * g;
      moments[at] = m;
      moments[second] = v;
      p${i}[item] = p${i}[item] * u.shrink${i} - u.rate${i} * m / (sqrt(v) / u.root2 + u.epsilon);`;

/** Vec4s that a thread updates which works on one large parameter: a software adapter takes 2 us for each workgroup, whatever is in it. */
const vectorsAlone = vectorsPerGroup / 64;

/** The update of `count` parameters whose moments are in one tensor. */
function updateKernel(count: number, alone: boolean): Kernel {
  return memoised(`AdamW ${count}${alone ? ' alone' : ''}`, () => ({
    inputs: { clip: 'f32', ...numbered(count, (i) => [[`g${i}`, 'vec4<f32>']]) },
    outputs: { moments: 'vec4<f32>', ...numbered(count, (i) => [[`p${i}`, 'vec4<f32>']]) },
    uniforms: {
      ...sharedUniforms,
      ...numbered(count, (i): [string, 'u32' | 'f32'][] => [
        [`end${i}`, 'u32'],
        [`size${i}`, 'u32'],
        [`at${i}`, 'u32'],
        [`rate${i}`, 'f32'],
        [`shrink${i}`, 'f32'],
      ]),
    },
    body: alone
      ? aloneWgsl
      : `${stretchHead(false)}
  let factor = clip[0];
  ${ofStretch(count, vectorsPerGroup, 64, updateWgsl)}
}`,
  }));
}

const aloneWgsl = /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let first = (id.y * groups.x * 64u + id.x) * ${vectorsAlone}u;
  let vectors = (u.size0 + 3u) / 4u;
  if (first >= vectors) { return; }
  let factor = clip[0];
  ${Array.from({ length: vectorsAlone }, (_, k) => `if (first + ${k}u < vectors) { let item = first + ${k}u; ${updateWgsl(0)} }`).join('\n  ')}
}`;

/** Stretches of at most `most` items that `together` allows in one. */
function chunks<T>(items: T[], most: number, together: (a: T, b: T) => boolean): T[][] {
  const result: T[][] = [];
  for (const item of items) {
    const last = result.at(-1);
    if (last && last.length < most && together(last[0], item)) last.push(item);
    else result.push([item]);
  }
  return result;
}

/** Running sums. */
function ends(counts: number[]): number[] {
  let sum = 0;
  return counts.map((count) => (sum += count));
}

function stepWebGpu(items: AdamWItem[], options: AdamWStep): void {
  const [clip] = launch(clipKernel, ...clipOperands(items, options.maxGradientNorm), [1, 1, 1]);
  const { beta1, beta2, epsilon, step } = options;
  const shared = [beta1, beta2, epsilon, Math.sqrt(1 - beta2 ** step), 1 - beta1, 1 - beta2];
  for (const chunk of updateChunks(items)) {
    const groupEnds = ends(chunk.map(({ gradient }) => Math.ceil(gradient.size / 4 / vectorsPerGroup)));
    const own = chunk.flatMap((item, i) => {
      const { rate, shrink } = factors(options, item);
      return [groupEnds[i], item.gradient.size, item.moments.at / 4, rate, shrink];
    });
    launch(
      updateKernel(chunk.length, isLargeAlone(chunk[0])),
      [clip, ...chunk.map(({ gradient }) => gradient)],
      [chunk[0].moments.flat, ...chunk.map(({ parameter }) => parameter)],
      [...shared, ...own],
      workgroupsFor(groupEnds.at(-1)!, 1),
    );
  }
}

/**
 * Whether a parameter is updated by a dispatch of its own: a software adapter needs 2.3 times as long for the numbers of a kernel over four
 * (64 and 28 ms for four of 147,456), which the fewer dispatches win back with small ones only.
 */
const isLargeAlone = ({ parameter }: AdamWItem): boolean => isSoftwareAdapter() && parameter.size > 4096;

/** What is updated by one dispatch each. */
function updateChunks(items: AdamWItem[]): AdamWItem[][] {
  const most = Math.floor((bindingLimits().buffers - 2) / 2);
  const shared = items.filter((item) => !isLargeAlone(item));
  return [
    ...items.filter(isLargeAlone).map((item) => [item]),
    ...chunks(shared, most, (x, y) => x.moments.flat === y.moments.flat),
  ];
}

const partsOf = ({ gradient }: AdamWItem): number => Math.ceil(gradient.size / elementsPerPart);

/** Launches the sums of squares; returns inputs, outputs and uniforms of the kernel that adds them up. */
function clipOperands(items: AdamWItem[], maxNorm: number): [Tensor[], number[][], number[]] {
  const total = items.reduce((sum, item) => sum + partsOf(item), 0);
  let parts: Tensor | number[] = [total];
  let first = 0;
  for (const chunk of chunks(items, bindingLimits().buffers - 1, () => true)) {
    const groupEnds = ends(chunk.map(partsOf));
    const uniforms = [first, ...chunk.flatMap(({ gradient }, i) => [groupEnds[i], gradient.size])];
    const gradients = chunk.map(({ gradient }) => gradient);
    const groups = workgroupsFor(groupEnds.at(-1)!, isSoftwareAdapter() ? 4 : 1);
    parts = launch(squaresKernel(chunk.length), gradients, [parts], uniforms, groups)[0];
    first += groupEnds.at(-1)!;
  }
  return [[parts as Tensor], [[1]], [total, maxNorm]];
}
