/**
 * Matrix products for the three layouts that a linear layer needs, each thread holding a block of outputs in registers and reading
 * vec4s straight from memory (workgroup memory gained nothing on the software adapter, where barriers are dear).
 *   NT: a [M, K], b [P, K] -> [M, P] (+ bias [P])    forward
 *   NN: a [M, K], b [K, P] -> [M, P]                 gradient of the input
 *   TN: a [K, M], b [K, P] -> [M, P], and the sums of a's columns [M]    gradient of the weight and the bias
 * Measured on SwiftShader, 2 cores (bench/step.ts): see the table in bench/README.md.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { isSoftwareAdapter, launch, type Kernel } from './webgpuProgram.ts';

export type Layout = 'NT' | 'NN' | 'TN';

interface Shape {
  M: number;
  P: number;
  K: number;
}

function shapeOf(layout: Layout, a: Tensor2D, b: Tensor2D): Shape {
  if (layout === 'NT') return { M: a.shape[0], P: b.shape[0], K: a.shape[1] };
  if (layout === 'NN') return { M: a.shape[0], P: b.shape[1], K: a.shape[1] };
  return { M: a.shape[1], P: b.shape[1], K: a.shape[0] };
}

/** Returns [product], or [product, column sums of a] for TN; they belong to the caller's tidy. */
export function matMulWebGpu(layout: Layout, a: Tensor2D, b: Tensor2D, bias: Tensor1D | null): Tensor[] {
  const { M, P, K } = shapeOf(layout, a, b);
  const inputs: Tensor[] = bias ? [a, b, bias] : [a, b];
  const outputs = layout === 'TN' ? [[M, P], [M]] : [[M, P]];
  // vec4s run along K and P in NT, NN; along M and P in TN.
  const vectors = P % 4 === 0 && (layout === 'TN' ? M : K) % 4 === 0;
  if (!vectors) {
    const kernel = scalarKernel(layout, bias !== null);
    return launch(kernel, inputs, outputs, [M, P, K], [Math.ceil(P / 8), Math.ceil(M / 8), 1]);
  }
  const { rows, columns } = isSoftwareAdapter() ? { rows: 8, columns: 8 } : { rows: 4, columns: 4 };
  const kernel = blockKernel(layout, bias !== null, rows, columns);
  return launch(kernel, inputs, outputs, [M, P, K], [Math.ceil(P / (8 * columns)), Math.ceil(M / (8 * rows)), 1]);
}

const kernels = new Map<string, Kernel>();

function memoised(name: string, build: () => Omit<Kernel, 'name'>): Kernel {
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, (kernel = { name, ...build() }));
  return kernel;
}

/** `lines(i)` for i below `count`, one a line. */
function unroll(count: number, lines: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => lines(i)).join('\n');
}

/** A block of `rows` x `columns` outputs a thread, both multiples of 4. */
function blockKernel(layout: Layout, bias: boolean, rows: number, columns: number): Kernel {
  return memoised(`matMul ${layout} ${bias} ${rows}x${columns}`, () => {
    const vectors = columns / 4;
    const accumulators = unroll(rows, (r) => unroll(vectors, (c) => `var s${r}_${c} = vec4<f32>();`));
    return {
      inputs: { a: 'vec4<f32>', b: 'vec4<f32>', ...(bias ? { bias: 'vec4<f32>' } : {}) },
      outputs: { y: 'vec4<f32>', ...(layout === 'TN' ? { sums: 'vec4<f32>' } : {}) },
      uniforms: { M: 'u32', P: 'u32', K: 'u32' },
      body: /* wgsl */ `
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * ${rows}u;
  let column = id.x * ${vectors}u;
  let P4 = u.P / 4u;
  if (row >= u.M || column >= P4) { return; }
  ${accumulators}
  ${{ NT: innerNT, NN: innerNN, TN: innerTN }[layout](rows, vectors)}
  ${unroll(rows, (r) => unroll(vectors, (c) => `if (row + ${r}u < u.M && column + ${c}u < P4) { y[(row + ${r}u) * P4 + column + ${c}u] = s${r}_${c}${bias ? ` + bias[column + ${c}u]` : ''}; }`))}
}`,
    };
  });
}

/** Rows past the edge read the last one; what they give is not stored. */
function innerNT(rows: number, vectors: number): string {
  return `
  let K4 = u.K / 4u;
  ${unroll(rows, (r) => `let pa${r} = min(row + ${r}u, u.M - 1u) * K4;`)}
  ${unroll(vectors * 4, (c) => `let pb${c} = min(column * 4u + ${c}u, u.P - 1u) * K4;`)}
  for (var k = 0u; k < K4; k++) {
    ${unroll(rows, (r) => `let a${r} = a[pa${r} + k];`)}
    ${unroll(
      vectors,
      (c) => `{
      let m = mat4x4<f32>(b[pb${4 * c} + k], b[pb${4 * c + 1} + k], b[pb${4 * c + 2} + k], b[pb${4 * c + 3} + k]);
      ${unroll(rows, (r) => `s${r}_${c} += a${r} * m;`)}
    }`,
    )}
  }`;
}

function innerNN(rows: number, vectors: number): string {
  return `
  let K4 = u.K / 4u;
  ${unroll(rows, (r) => `let pa${r} = min(row + ${r}u, u.M - 1u) * K4;`)}
  ${unroll(vectors, (c) => `let pb${c} = min(column + ${c}u, P4 - 1u);`)}
  for (var k = 0u; k < K4; k++) {
    ${unroll(rows, (r) => `let a${r} = a[pa${r} + k];`)}
    ${['x', 'y', 'z', 'w']
      .map(
        (part, i) => `{
      ${unroll(vectors, (c) => `let b${c} = b[(4u * k + ${i}u) * P4 + pb${c}];`)}
      ${unroll(rows, (r) => unroll(vectors, (c) => `s${r}_${c} += a${r}.${part} * b${c};`))}
    }`,
      )
      .join('\n')}
  }`;
}

function innerTN(rows: number, vectors: number): string {
  const quads = rows / 4;
  const part = ['x', 'y', 'z', 'w'];
  return `
  let M4 = u.M / 4u;
  ${unroll(quads, (q) => `let pa${q} = min(id.y * ${quads}u + ${q}u, M4 - 1u); var t${q} = vec4<f32>();`)}
  ${unroll(vectors, (c) => `let pb${c} = min(column + ${c}u, P4 - 1u);`)}
  for (var k = 0u; k < u.K; k++) {
    ${unroll(quads, (q) => `let a${q} = a[k * M4 + pa${q}]; t${q} += a${q};`)}
    ${unroll(vectors, (c) => `let b${c} = b[k * P4 + pb${c}];`)}
    ${unroll(rows, (r) => unroll(vectors, (c) => `s${r}_${c} += a${r >> 2}.${part[r & 3]} * b${c};`))}
  }
  if (column == 0u) {
    ${unroll(quads, (q) => `if (id.y * ${quads}u + ${q}u < M4) { sums[id.y * ${quads}u + ${q}u] = t${q}; }`)}
  }`;
}

/** One output a thread, any shape: for the few products whose sizes are no multiples of 4, such as the classifier's. */
function scalarKernel(layout: Layout, bias: boolean): Kernel {
  return memoised(`matMul scalar ${layout} ${bias}`, () => ({
    inputs: { a: 'f32', b: 'f32', ...(bias ? { bias: 'f32' } : {}) },
    outputs: { y: 'f32', ...(layout === 'TN' ? { sums: 'f32' } : {}) },
    uniforms: { M: 'u32', P: 'u32', K: 'u32' },
    body: /* wgsl */ `
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.y >= u.M || id.x >= u.P) { return; }
  var sum = ${bias ? 'bias[id.x]' : '0.0'};
  var total = 0.0;
  for (var k = 0u; k < u.K; k++) {
    let left = a[${layout === 'TN' ? 'k * u.M + id.y' : 'id.y * u.K + k'}];
    sum += left * b[${layout === 'NT' ? 'id.x * u.K + k' : 'k * u.P + id.x'}];
    total += left;
  }
  y[id.y * u.P + id.x] = sum;
  ${layout === 'TN' ? 'if (id.x == 0u) { sums[id.y] = total; }' : ''}
}`,
  }));
}
