/**
 * Writes WebAssembly modules: just what the kernels on the processor need. An expression is the bytes that leave its value on the stack,
 * a statement those that leave nothing. Opcodes: WebAssembly Core Specification 3.0, 5.4.
 */

export type Code = number[];
export type ValueType = 'i32' | 'f32' | 'v128';

const typeBytes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** LEB128, unsigned. */
function unsigned(value: number): Code {
  const bytes: Code = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** LEB128, signed. */
function signed(value: number): Code {
  const bytes: Code = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const floatBytes = (value: number): Code => [...new Uint8Array(Float32Array.of(value).buffer)];
const vectorOp = (opcode: number, ...operands: Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(opcode)];

/** An address is an i32 expression with a constant distance in bytes behind it. */
const at = (distance: number): Code => [0, ...unsigned(distance)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const call = (index: number, ...values: Code[]): Code => [...values.flat(), 0x10, ...unsigned(index)];

export const i32 = {
  of: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  less: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  lessOrEqual: (a: Code, b: Code): Code => [...a, ...b, 0x4d],
};

/** Four floats. */
export const f32x4 = {
  of: (value: number): Code => vectorOp(12, []).concat(...Array.from({ length: 4 }, () => floatBytes(value))),
  splat: (scalar: Code): Code => vectorOp(19, scalar),
  load: (address: Code, distance = 0): Code => [...vectorOp(0, address), ...at(distance)],
  /** One float, four times. */
  loadSplat: (address: Code, distance = 0): Code => [...vectorOp(9, address), ...at(distance)],
  /** `vector` with one float from memory in place of its own. */
  loadLane: (address: Code, vector: Code, lane: number): Code => [...vectorOp(86, address, vector), ...at(0), lane],
  store: (address: Code, value: Code, distance = 0): Code => [...vectorOp(11, address, value), ...at(distance)],
  add: (a: Code, b: Code): Code => vectorOp(228, a, b),
  sub: (a: Code, b: Code): Code => vectorOp(229, a, b),
  mul: (a: Code, b: Code): Code => vectorOp(230, a, b),
  div: (a: Code, b: Code): Code => vectorOp(231, a, b),
  sqrt: (a: Code): Code => vectorOp(227, a),
  /** a b + c, rounded once, where the engine has the relaxed instructions. */
  relaxedMulAdd: (a: Code, b: Code, c: Code): Code => vectorOp(0x105, a, b, c),
};

const control = { if: 0x04, else: 0x05, loop: 0x03, branchIf: 0x0d, end: 0x0b, noResult: 0x40 };

/** Statements while `condition` holds, which is looked at first. */
export const whileLoop = (condition: Code, statements: Code): Code => {
  const loop = [control.loop, control.noResult, ...statements, ...condition, control.branchIf, 0, control.end];
  return when(condition, loop);
};

export const when = (condition: Code, statements: Code): Code => [
  ...condition,
  control.if,
  control.noResult,
  ...statements,
  control.end,
];

export const either = (condition: Code, statements: Code, others: Code): Code => [
  ...condition,
  control.if,
  control.noResult,
  ...statements,
  control.else,
  ...others,
  control.end,
];

interface WasmFunction {
  parameters: ValueType[];
  locals: ValueType[];
  body: Code;
}

const section = (id: number, entries: Code[]): Code => {
  const content = [...unsigned(entries.length), ...entries.flat()];
  return [id, ...unsigned(content.length), ...content];
};

const text = (value: string): Code => [...unsigned(value.length), ...new TextEncoder().encode(value)];

/** Of a module's file, with the version. */
const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const functionType = 0x60;

/** Pages of 64 KiB that a memory can have at most. */
const mostPages = 65536;

/** A module of functions without results over the memory that it is given as `host.memory`. */
export class WasmCode {
  private readonly functions: WasmFunction[] = [];
  private readonly exported: { name: string; index: number }[] = [];

  /**
   * Adds a function and returns its index for `call`. `write` gets the parameters' locals and what makes another local, and returns the
   * statements.
   */
  define(
    parameters: ValueType[],
    write: (given: number[], local: (type: ValueType) => number) => Code,
    name?: string,
  ): number {
    const locals: ValueType[] = [];
    const body = write([...parameters.keys()], (type) => parameters.length + locals.push(type) - 1);
    const index = this.functions.push({ parameters, locals, body }) - 1;
    if (name !== undefined) this.exported.push({ name, index });
    return index;
  }

  /** @param shared whether the memory is shared between threads. */
  bytes(shared: boolean): Uint8Array<ArrayBuffer> {
    const limits = shared ? [3, 0, ...unsigned(mostPages)] : [0, 0];
    const types = this.functions.map(({ parameters }) => [
      functionType,
      ...unsigned(parameters.length),
      ...parameters.map((type) => typeBytes[type]),
      0,
    ]);
    const bodies = this.functions.map(({ locals, body }) => {
      const content = [...unsigned(locals.length), ...locals.flatMap((type) => [1, typeBytes[type]]), ...body, 0x0b];
      return [...unsigned(content.length), ...content];
    });
    return Uint8Array.from([
      ...magic,
      ...section(1, types),
      ...section(2, [[...text('host'), ...text('memory'), 2, ...limits]]),
      ...section(
        3,
        types.map((_, i) => unsigned(i)),
      ),
      ...section(
        7,
        this.exported.map(({ name, index }) => [...text(name), 0, ...unsigned(index)]),
      ),
      ...section(10, bodies),
    ]);
  }
}
