/**
 * Matrix products for the three layouts that a linear layer needs, each thread holding a block of outputs in registers and reading
 * vec4s straight from memory, four steps of the inner sum at a time so that an accumulator is touched once for four products.
 * NT with a bias [P] for the forward pass, NN for the gradient of the input, TN with the sums of a's columns [M] for those of weight
 * and bias.
 * A graphics card has thousands of threads to feed and gets small blocks; a software adapter has few, and large ones (matMulQuads.ts).
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { quadKernel, quadTile } from './matMulQuads.ts';
import { shapeOf, type Layout } from './productLayout.ts';
import { hasQuads, isSoftwareAdapter, launch, type Kernel } from './webgpuProgram.ts';

/** Returns [product], or [product, column sums of a] for TN; they belong to the caller's tidy. */
export function matMulWebGpu(layout: Layout, a: Tensor2D, b: Tensor2D, bias: Tensor1D | null): Tensor[] {
  const { M, P, K } = shapeOf(layout, a, b);
  const inputs: Tensor[] = bias ? [a, b, bias] : [a, b];
  const outputs = layout === 'TN' ? [[M, P], [M]] : [[M, P]];
  const vectors = P % 4 === 0 && K % 4 === 0 && (layout !== 'TN' || M % 4 === 0);
  if (!vectors) {
    const kernel = scalarKernel(layout, bias !== null);
    return launch(kernel, inputs, outputs, [M, P, K], [Math.ceil(P / 8), Math.ceil(M / 8), 1]);
  }
  if (isSoftwareAdapter() && hasQuads()) {
    const kernel = memoised(`matMul ${layout} ${bias !== null} quads`, () => quadKernel(layout, bias !== null));
    return launch(kernel, inputs, outputs, [M, P, K], [Math.ceil(P / quadTile), Math.ceil(M / quadTile), 1]);
  }
  const kernel = blockKernel(layout, bias !== null);
  const tile = size * threads;
  return launch(kernel, inputs, outputs, [M, P, K], [Math.ceil(P / tile), Math.ceil(M / tile), 1]);
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

/** Rows and columns of outputs a thread, a multiple of 4. */
const size = 4;
/** Threads of a workgroup in each direction. */
const threads = 8;

function blockKernel(layout: Layout, bias: boolean): Kernel {
  return memoised(`matMul ${layout} ${bias}`, () => {
    const quads = size / 4;
    const each = (line: (r: number, c: number) => string): string =>
      unroll(size, (r) => unroll(quads, (c) => line(r, c)));
    return {
      inputs: { a: 'vec4<f32>', b: 'vec4<f32>', ...(bias ? { bias: 'vec4<f32>' } : {}) },
      outputs: { y: 'vec4<f32>', ...(layout === 'TN' ? { sums: 'vec4<f32>' } : {}) },
      uniforms: { M: 'u32', P: 'u32', K: 'u32' },
      body: /* wgsl */ `
@compute @workgroup_size(${threads}, ${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * ${size}u;
  let column = id.x * ${quads}u;
  let P4 = u.P / 4u;
  if (row >= u.M || column >= P4) { return; }
  ${each((r, c) => `var s${r}_${c} = vec4<f32>();`)}
  ${{ NT: innerNT, NN: innerNN, TN: innerTN }[layout]()}
  ${each((r, c) => `if (row + ${r}u < u.M && column + ${c}u < P4) { y[(row + ${r}u) * P4 + column + ${c}u] = s${r}_${c}${bias ? ` + bias[column + ${c}u]` : ''}; }`)}
}`,
    };
  });
}

/** s += a0 b0 + a1 b1 + a2 b2 + a3 b3 with scalars a. */
const fourProducts = (s: string, a: (k: number) => string, b: (k: number) => string): string =>
  `${s} = ${[0, 1, 2, 3].reduce((sum, k) => `fma(vec4<f32>(${a(k)}), ${b(k)}, ${sum})`, s)};`;

const part = ['x', 'y', 'z', 'w'];

/** Rows past the edge read the last one; what they give is not stored. */
function innerNT(): string {
  return `
  let K4 = u.K / 4u;
  ${unroll(size, (r) => `let pa${r} = min(row + ${r}u, u.M - 1u) * K4;`)}
  ${unroll(size, (c) => `let pb${c} = min(column * 4u + ${c}u, u.P - 1u) * K4;`)}
  for (var k = 0u; k < K4; k++) {
    ${unroll(size, (r) => `let a${r} = a[pa${r} + k];`)}
    ${unroll(
      size / 4,
      (c) => `{
      ${unroll(4, (i) => `let r${i} = b[pb${4 * c + i} + k];`)}
      ${unroll(4, (i) => `let b${i} = vec4<f32>(r0.${part[i]}, r1.${part[i]}, r2.${part[i]}, r3.${part[i]});`)}
      ${unroll(size, (r) =>
        fourProducts(
          `s${r}_${c}`,
          (i) => `a${r}.${part[i]}`,
          (i) => `b${i}`,
        ),
      )}
    }`,
    )}
  }`;
}

function innerNN(): string {
  return `
  let K4 = u.K / 4u;
  ${unroll(size, (r) => `let pa${r} = min(row + ${r}u, u.M - 1u) * K4;`)}
  ${unroll(size / 4, (c) => `let pb${c} = min(column + ${c}u, P4 - 1u);`)}
  for (var k = 0u; k < K4; k++) {
    ${unroll(size, (r) => `let a${r} = a[pa${r} + k];`)}
    ${unroll(
      size / 4,
      (c) => `{
      ${unroll(4, (i) => `let b${i} = b[(4u * k + ${i}u) * P4 + pb${c}];`)}
      ${unroll(size, (r) =>
        fourProducts(
          `s${r}_${c}`,
          (i) => `a${r}.${part[i]}`,
          (i) => `b${i}`,
        ),
      )}
    }`,
    )}
  }`;
}

function innerTN(): string {
  const quads = size / 4;
  return `
  let M4 = u.M / 4u;
  ${unroll(quads, (q) => `let pa${q} = min(id.y * ${quads}u + ${q}u, M4 - 1u); var t${q} = vec4<f32>();`)}
  ${unroll(quads, (c) => `let pb${c} = min(column + ${c}u, P4 - 1u);`)}
  for (var k = 0u; k < u.K; k += 4u) {
    ${unroll(quads, (q) => `${unroll(4, (i) => `let a${q}_${i} = a[(k + ${i}u) * M4 + pa${q}];`)} t${q} += a${q}_0 + a${q}_1 + a${q}_2 + a${q}_3;`)}
    ${unroll(
      quads,
      (c) => `{
      ${unroll(4, (i) => `let b${i} = b[(k + ${i}u) * P4 + pb${c}];`)}
      ${unroll(size, (r) =>
        fourProducts(
          `s${r}_${c}`,
          (i) => `a${r >> 2}_${i}.${part[r & 3]}`,
          (i) => `b${i}`,
        ),
      )}
    }`,
    )}
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
