/**
 * The matrix products of matMulWebGpu.ts for a processor that plays GPU. SwiftShader runs four invocations in the lanes of one vector and
 * reads memory one number at a time, some 30 instructions each, so what counts is how often a number is used once it is read: four lanes
 * work on one block of 32 x 32 outputs, each reads a quarter of the rows, and passes them on by exchanges within the quad, which cost one
 * instruction. Lane l has 8 columns of its own, and all rows; after exchange j it holds the row of lane l ^ j.
 * GFLOP per second, 16 x 16 outputs a lane without exchange against this, in turn: 256 x 576 x 192 NT 2.3 and 3.8, 256 x 192 x 576 NN
 * 2.5 and 3.9, 576 x 192 x 256 TN 2.2 and 6.4. Blocks of 64 x 64 give another fifth, and compile for nine seconds instead of one.
 */
import type { Layout } from './productLayout.ts';
import type { Kernel } from './webgpuProgram.ts';

/** Rows and columns of outputs that a quad has. */
export const quadTile = 32;

/** Columns a lane. */
const width = quadTile / 4;

/** What a lane holds after exchange j, once its own. */
const exchanged = (j: number, value: string): string =>
  j === 0 ? value : `${['quadSwapX', 'quadSwapY', 'quadSwapDiagonal'][j - 1]}(${value})`;

/** `lines(i)` for i below `count`, one a line. */
function unroll(count: number, lines: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => lines(i)).join('\n');
}

const part = ['x', 'y', 'z', 'w'];
/** One part of each of four vectors. */
const gathered = (vector: (i: number) => string, of: number): string =>
  `vec4<f32>(${[0, 1, 2, 3].map((i) => `${vector(i)}.${part[of]}`).join(', ')})`;

/** All sizes are multiples of 4. Workgroups: one a block. What lies past an edge is read from the last row or column, and not stored. */
export function quadKernel(layout: Layout, bias: boolean): Omit<Kernel, 'name'> {
  return {
    needs: ['subgroups'],
    inputs: { a: 'vec4<f32>', b: 'vec4<f32>', ...(bias ? { bias: 'vec4<f32>' } : {}) },
    outputs: { y: 'vec4<f32>', ...(layout === 'TN' ? { sums: 'vec4<f32>' } : {}) },
    uniforms: { M: 'u32', P: 'u32', K: 'u32' },
    body: /* wgsl */ `
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  let row = group.y * ${quadTile}u;
  let column = group.x * ${quadTile / 4}u + lane * ${width / 4}u;
  let M4 = u.M / 4u;
  let P4 = u.P / 4u;
  let K4 = u.K / 4u;
  ${unroll(quadTile, (r) => unroll(width, (c) => `var s${r}_${c} = 0.0;`))}
  ${rowPlaces(layout)}
  ${unroll(width / 4, (q) => `let pb${q} = min(column + ${q}u, P4 - 1u);`)}
  for (var k = 0u; k < K4; k++) {
    ${columnsOfB(layout)}
    ${layout === 'TN' ? rowsDown : rowsAcross}
  }
  ${layout === 'TN' ? storeSums : ''}
  ${unroll(width / 4, (q) => storeColumns(layout, bias, q))}
}`,
  };
}

/** Where a lane reads its rows of a: an eighth of them each, or, where rows run downward, vec4s of four. */
function rowPlaces(layout: Layout): string {
  return layout === 'TN'
    ? unroll(quadTile / 16, (h) => `let pa${h} = min(row / 4u + ${4 * h}u + lane, M4 - 1u); var t${h} = vec4<f32>();`)
    : unroll(quadTile / 4, (q) => `let pa${q} = min(row + ${4 * q}u + lane, u.M - 1u) * K4;`);
}

/** `b{c}`: four steps of the inner sum in column c. */
function columnsOfB(layout: Layout): string {
  if (layout === 'NT') return unroll(width, (c) => `let b${c} = b[(4u * pb${c >> 2} + ${c & 3}u) * K4 + k];`);
  return unroll(
    width / 4,
    (q) => `
    ${unroll(4, (i) => `let f${q}_${i} = b[(4u * k + ${i}u) * P4 + pb${q}];`)}
    ${unroll(4, (c) => `let b${4 * q + c} = ${gathered((i) => `f${q}_${i}`, c)};`)}`,
  );
}

/** Adds to the outputs of row r, four steps of which are `a`. A dot product, so that the sum of four stays in a register. */
const addRow = (r: number, a: string): string => unroll(width, (c) => `s${r}_${c} += dot(${a}, b${c});`);

/** NT and NN: a lane reads four steps of a row at a time. */
const rowsAcross = unroll(
  quadTile / 4,
  (q) => `{
      let own = a[pa${q} + k];
      ${unroll(4, (j) => `{ let theirs = ${exchanged(j, 'own')}; ${addRow(4 * q + j, 'theirs')} }`)}
    }`,
);

/** TN: a lane reads one step of four rows at a time. */
const rowsDown = unroll(
  quadTile / 16,
  (h) => `{
      ${unroll(4, (i) => `let own${i} = a[(4u * k + ${i}u) * M4 + pa${h}];`)}
      t${h} += own0 + own1 + own2 + own3;
      ${unroll(
        4,
        (j) => `{
        ${unroll(4, (i) => `let theirs${i} = ${exchanged(j, `own${i}`)};`)}
        ${unroll(4, (e) => `{ let theirs = ${gathered((i) => `theirs${i}`, e)}; ${addRow(16 * h + 4 * j + e, 'theirs')} }`)}
      }`,
      )}
    }`,
);

const storeSums = `if (group.x == 0u) {
  ${unroll(quadTile / 16, (h) => `if (row / 4u + ${4 * h}u + lane < M4) { sums[pa${h}] = t${h}; }`)}
  }`;

/** The row that stands at place r of this lane. */
const rowAt = (layout: Layout, r: number): string =>
  layout === 'TN'
    ? `row + ${r & ~15}u + 4u * (lane ^ ${(r >> 2) & 3}u) + ${r & 3}u`
    : `row + ${r & ~3}u + (lane ^ ${r & 3}u)`;

function storeColumns(layout: Layout, bias: boolean, q: number): string {
  const sums = (r: number): string => `vec4<f32>(${[0, 1, 2, 3].map((c) => `s${r}_${4 * q + c}`).join(', ')})`;
  return `if (column + ${q}u < P4) {
    ${bias ? `let shift = bias[column + ${q}u];` : ''}
    ${unroll(
      quadTile,
      (r) =>
        `{ let at = ${rowAt(layout, r)}; if (at < u.M) { y[at * P4 + column + ${q}u] = ${sums(r)}${bias ? ' + shift' : ''}; } }`,
    )}
  }`;
}
