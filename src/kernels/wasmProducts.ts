/**
 * Matrix products in WebAssembly for one thread: blocks of 6 x 8 outputs in registers, from a panel of 8 columns of b that is packed once
 * and then read by all rows. All three layouts (productLayout.ts) are read as they lie; XNNPACK, which tfjs brings, needs a transposed copy
 * for two of them. With the relaxed instructions a product and its addition are one, which XNNPACK's build does not know.
 */
import type { Layout } from './productLayout.ts';
import { call, either, f32x4, get, i32, set, when, whileLoop, WasmCode, type Code } from './wasmCode.ts';

/** Columns of a panel; P must be a multiple. */
export const panelWidth = 8;

/** Rows of a block; what is left at the end goes by the smaller ones. */
const blockRows = [6, 4, 2, 1];

const step = (local: number, by: Code): Code => set(local, i32.add(get(local), by));
const times4 = (value: Code): Code => i32.mul(value, i32.of(4));

const multiplyAdd =
  (relaxed: boolean) =>
  (a: Code, b: Code, c: Code): Code =>
    relaxed ? f32x4.relaxedMulAdd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);

/**
 * Adds `NT`, `NN` and `TN` (a, b, bias or 0, y, panel, M, P, K): addresses of floats, `panel` of room for 8 K. K is a multiple of 4 for NT
 * and NN, P of 8.
 */
export function defineProducts(code: WasmCode, relaxed: boolean): void {
  const packAcross = definePackAcross(code);
  const packDown = definePackDown(code);
  const across = blockRows.map((rows) => defineBlock(code, rows, true, relaxed));
  const down = blockRows.map((rows) => defineBlock(code, rows, false, relaxed));
  defineProduct(code, 'NT', packAcross, across);
  defineProduct(code, 'NN', packDown, across);
  defineProduct(code, 'TN', packDown, down);
}

/** (b, panel, K, distance of b's rows): 8 rows of b [P, K] side by side, [K, 8]. */
function definePackAcross(code: WasmCode): number {
  return code.define(['i32', 'i32', 'i32', 'i32'], ([b, panel, K, stride], local) => {
    const end = local('i32');
    const rows = Array.from({ length: panelWidth }, () => local('i32'));
    const four = (from: number): Code =>
      rows.slice(from, from + 4).reduce((sum, row, lane) => f32x4.loadLane(get(row), sum, lane), f32x4.of(0));
    return [
      ...rows.flatMap((row, i) => set(row, i32.add(get(b), i32.mul(get(stride), i32.of(i))))),
      ...set(end, i32.add(get(panel), i32.mul(get(K), i32.of(4 * panelWidth)))),
      ...whileLoop(i32.less(get(panel), get(end)), [
        ...f32x4.store(get(panel), four(0)),
        ...f32x4.store(get(panel), four(4), 16),
        ...rows.flatMap((row) => step(row, i32.of(4))),
        ...step(panel, i32.of(4 * panelWidth)),
      ]),
    ];
  });
}

/** (b, panel, K, distance of b's rows): 8 columns of b [K, P], [K, 8]. */
function definePackDown(code: WasmCode): number {
  return code.define(['i32', 'i32', 'i32', 'i32'], ([b, panel, K, stride], local) => {
    const end = local('i32');
    return [
      ...set(end, i32.add(get(panel), i32.mul(get(K), i32.of(4 * panelWidth)))),
      ...whileLoop(i32.less(get(panel), get(end)), [
        ...f32x4.store(get(panel), f32x4.load(get(b))),
        ...f32x4.store(get(panel), f32x4.load(get(b), 16), 16),
        ...step(b, get(stride)),
        ...step(panel, i32.of(4 * panelWidth)),
      ]),
    ];
  });
}

/**
 * (a, panel, y, bias or 0, K, distance in a, distance of y's rows): `rows` x 8 outputs. In a the steps of the sum lie side by side and the
 * distance is that of rows (`across`), or the other way round.
 */
function defineBlock(code: WasmCode, rows: number, across: boolean, relaxed: boolean): number {
  const fused = multiplyAdd(relaxed);
  return code.define(['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (given, local) => {
    const [a, panel, y, bias, K, stride, yStride] = given;
    const end = local('i32');
    const [b0, b1, own] = [local('v128'), local('v128'), local('v128')];
    const sums = Array.from({ length: rows }, () => [local('v128'), local('v128')]);
    const pointers = across ? Array.from({ length: rows }, () => local('i32')) : [];
    const oneStep = (k: number): Code => [
      ...set(b0, f32x4.load(get(panel), 32 * k)),
      ...set(b1, f32x4.load(get(panel), 32 * k + 16)),
      ...sums.flatMap(([s0, s1], r) => [
        ...set(own, across ? f32x4.loadSplat(get(pointers[r]), 4 * k) : f32x4.loadSplat(get(a), 4 * r)),
        ...set(s0, fused(get(own), get(b0), get(s0))),
        ...set(s1, fused(get(own), get(b1), get(s1))),
      ]),
    ];
    const begin = (value: (half: number) => Code): Code =>
      sums.flatMap((pair) => pair.flatMap((sum, half) => set(sum, value(half))));
    return [
      ...pointers.flatMap((pointer, r) => set(pointer, i32.add(get(a), i32.mul(get(stride), i32.of(r))))),
      ...either(
        get(bias),
        begin((half) => f32x4.load(get(bias), 16 * half)),
        begin(() => f32x4.of(0)),
      ),
      ...set(end, i32.add(get(panel), i32.mul(get(K), i32.of(4 * panelWidth)))),
      ...whileLoop(
        i32.less(get(panel), get(end)),
        across
          ? [
              ...[0, 1, 2, 3].flatMap(oneStep),
              ...pointers.flatMap((pointer) => step(pointer, i32.of(16))),
              ...step(panel, i32.of(4 * 4 * panelWidth)),
            ]
          : [...oneStep(0), ...step(a, get(stride)), ...step(panel, i32.of(4 * panelWidth))],
      ),
      ...sums.flatMap(([s0, s1]) =>
        [f32x4.store(get(y), get(s0)), f32x4.store(get(y), get(s1), 16), step(y, get(yStride))].flat(),
      ),
    ];
  });
}

function defineProduct(code: WasmCode, layout: Layout, pack: number, blocks: number[]): void {
  code.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ([a, b, bias, y, panel, M, P, K], local) => {
      const [strideA, strideB, strideY] = [local('i32'), local('i32'), local('i32')];
      const [end, left, fromA, toY] = [local('i32'), local('i32'), local('i32'), local('i32')];
      const block = (i: number): Code => [
        ...call(blocks[i], ...[fromA, panel, toY, bias, K, strideA, strideY].map(get)),
        ...step(fromA, i32.mul(layout === 'TN' ? i32.of(4) : get(strideA), i32.of(blockRows[i]))),
        ...step(toY, i32.mul(get(strideY), i32.of(blockRows[i]))),
        ...step(left, i32.of(-blockRows[i])),
      ];
      const nextPanel = layout === 'NT' ? i32.mul(get(strideB), i32.of(panelWidth)) : i32.of(4 * panelWidth);
      return [
        ...set(strideA, times4(get(layout === 'TN' ? M : K))),
        ...set(strideB, times4(get(layout === 'NT' ? K : P))),
        ...set(strideY, times4(get(P))),
        ...set(end, i32.add(get(y), get(strideY))),
        ...whileLoop(i32.less(get(y), get(end)), [
          ...call(pack, get(b), get(panel), get(K), get(strideB)),
          ...set(fromA, get(a)),
          ...set(toY, get(y)),
          ...set(left, get(M)),
          ...blockRows.flatMap((rows, i) => {
            const enough = i32.lessOrEqual(i32.of(rows), get(left));
            return i === 0 ? whileLoop(enough, block(i)) : when(enough, block(i));
          }),
          ...step(b, nextPanel),
          ...step(y, i32.of(4 * panelWidth)),
          ...when(get(bias), step(bias, i32.of(4 * panelWidth))),
        ]),
      ];
    },
    layout,
  );
}
