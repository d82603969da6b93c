/**
 * The part of Python's pickle that a PyTorch state dict needs, and nothing else. A pickle is a program for a small stack machine
 * that may call anything importable; this one only builds tensors' descriptions, dicts, lists, tuples, strings and numbers, and
 * refuses every other name before anything is done with it. Opcodes: Lib/pickletools.py of CPython; tensors: torch/_utils.py.
 */
import { RungError } from '../shared/errors.ts';

/** A storage: numbers that lie end to end in a file of their own, which one or more tensors view. */
export interface PickledStorage {
  kind: 'storage';
  /** "FloatStorage", "HalfStorage". */
  type: string;
  /** Name of its file. */
  key: string;
  /** Numbers in it. */
  count: number;
}

export interface PickledTensor {
  kind: 'tensor';
  storage: PickledStorage;
  offset: number;
  shape: number[];
  strides: number[];
}

export interface PickledDict {
  kind: 'dict';
  entries: Map<string | number, PickleValue>;
}

interface PickledList {
  kind: 'list';
  items: PickleValue[];
}

interface PickledTuple {
  kind: 'tuple';
  items: PickleValue[];
}

interface PickledGlobal {
  kind: 'global';
  name: string;
}

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickledList
  | PickledTuple
  | PickledDict
  | PickledGlobal
  | PickledStorage
  | PickledTensor;

/** Kinds of numbers that PyTorch stores; which of them are read is pytorch.ts's to say. */
const storageTypes = new Set(
  ['Float', 'Half', 'BFloat16', 'Double', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool'].map(
    (name) => `${name}Storage`,
  ),
);

/** A tensor takes about 40 opcodes. */
const maxOpcodes = 2_000_000;
const maxStack = 1_000_000;
const maxAxes = 16;

const hint =
  'Save the model again with `model.save_pretrained(folder, safe_serialization=True)` and use its model.safetensors: that format holds numbers only.';

export interface Pickle {
  /** What it builds. */
  value: PickleValue;
  /** Every storage that it names, by its key. */
  storages: Map<string, PickledStorage>;
  /** The byte behind it. */
  end: number;
}

/**
 * Runs the pickle that begins at byte `from`.
 * @param where names the pickle in messages, as in "data.pkl in pytorch_model.bin"
 * @throws RungError `file-unsupported` for a name that may not be called, `weights-corrupt` for anything else, with the byte.
 */
export function readPickle(bytes: Uint8Array, where: string, from = 0): Pickle {
  const machine = new Machine(bytes, where, from);
  const value = machine.run();
  return { value, storages: machine.storages, end: machine.at };
}

/** The error for a file that cannot be as it was written. */
export function damaged(message: string): RungError {
  return new RungError('weights-corrupt', message, 'The file is damaged or was cut off: download it again.');
}

class Machine {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly where: string;
  readonly storages = new Map<string, PickledStorage>();
  at: number;
  /** Byte of the opcode that is being run. */
  private opcodeAt = 0;
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at which a MARK stands. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, where: string, from: number) {
    this.bytes = bytes;
    this.at = from;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.where = where;
  }

  run(): PickleValue {
    for (let count = 0; count < maxOpcodes; count++) {
      this.opcodeAt = this.at;
      const opcode = this.bytes[this.take(1)];
      if (opcode === stop) return this.pop();
      const perform = opcodes.get(opcode);
      if (!perform) {
        throw this.refused(`opcode 0x${opcode.toString(16).padStart(2, '0')}, which no state dict needs`);
      }
      perform(this);
      if (this.stack.length > maxStack) throw this.corrupt(`more than ${maxStack} values are stacked`);
    }
    throw this.corrupt(`it has more than ${maxOpcodes} opcodes`);
  }

  corrupt(what: string): RungError {
    const message = `Reading ${this.where}: ${what} (byte ${this.opcodeAt} of ${this.bytes.length}).`;
    return damaged(message);
  }

  refused(what: string): RungError {
    const message = `Reading ${this.where}: it asks for ${what} (byte ${this.opcodeAt}). Only tensors, dicts, lists, strings and numbers are read; nothing was run.`;
    return new RungError('file-unsupported', message, hint);
  }

  /** Moves past `count` bytes and returns where they begin. */
  take(count: number): number {
    const begin = this.at;
    if (!(count <= this.bytes.length - begin)) {
      throw this.corrupt(`${count} bytes were expected at byte ${begin}, but it ends there`);
    }
    this.at += count;
    return begin;
  }

  uint8 = (): number => this.view.getUint8(this.take(1));
  uint16 = (): number => this.view.getUint16(this.take(2), true);
  uint32 = (): number => this.view.getUint32(this.take(4), true);
  int32 = (): number => this.view.getInt32(this.take(4), true);
  float64 = (): number => this.view.getFloat64(this.take(8), false);

  uint64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(this.bytes.length)) throw this.corrupt(`a length of ${value} bytes is stated`);
    return Number(value);
  }

  /** A whole number in `count` bytes, two's complement. */
  integer(count: number): number {
    // PyTorch's own magic number has ten.
    if (count > 16) throw this.corrupt(`a whole number of ${count} bytes is stated`);
    let value = 0n;
    const begin = this.take(count);
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[begin + i]);
    return Number(count === 0 ? 0n : BigInt.asIntN(count * 8, value));
  }

  text(length: number): string {
    const begin = this.take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes.subarray(begin, begin + length));
    } catch {
      throw this.corrupt('a string is not valid UTF-8');
    }
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    const text = this.text((end < 0 ? this.bytes.length : end) - this.at);
    this.take(1);
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const lowest = this.marks.at(-1) ?? 0;
    const value = this.stack.length > lowest ? this.stack.pop() : undefined;
    if (value === undefined) throw this.corrupt('a value is taken where there is none');
    return value;
  }

  /** The topmost value, left where it is. */
  top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
    if (this.marks.length > maxStack) throw this.corrupt(`more than ${maxStack} marks are set`);
  }

  popMark(): PickleValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw this.corrupt('a mark is looked for where there is none');
    return this.stack.splice(height);
  }

  store(index: number): void {
    this.memo.set(index, this.top());
    if (this.memo.size > maxStack) throw this.corrupt(`more than ${maxStack} values are memorised`);
  }

  memorise = (): void => this.store(this.memo.size);

  fetch(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.corrupt(`value ${index} is recalled, but was never memorised`);
    this.push(value);
  }

  sequence(kind: 'list' | 'tuple', items: PickleValue[]): void {
    this.push({ kind, items });
  }

  append(items: PickleValue[]): void {
    const list = this.top();
    if (!isKind(list, 'list')) throw this.corrupt('something is appended to what is no list');
    for (const item of items) list.items.push(item);
  }

  setItems(items: PickleValue[]): void {
    const dict = this.top();
    if (!isKind(dict, 'dict') || items.length % 2 === 1) throw this.corrupt('an item is set in what is no dict');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key !== 'string' && typeof key !== 'number') throw this.corrupt('a key is neither string nor number');
      dict.entries.set(key, items[i + 1]);
    }
  }

  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    const isStorage = module === 'torch' && storageTypes.has(name);
    if (!isStorage && !callables.has(full)) throw this.refused(`“${full.slice(0, 120)}”`);
    this.push({ kind: 'global', name: full });
  }

  /** Attributes of an object; state dicts carry their layers' versions so. Read and dropped. */
  build(): void {
    this.pop();
    if (!isKind(this.top(), 'dict')) throw this.refused('the attributes of an object');
  }

  reduce(): void {
    const items = itemsOf(this.pop());
    const callee = this.pop();
    const call = isKind(callee, 'global') ? callables.get(callee.name) : undefined;
    if (!items || !call) throw this.corrupt('something is called that is no function');
    this.push(call(items, this));
  }

  persistent(): void {
    const [tag, type, key, , count, view = null] = itemsOf(this.pop()) ?? [];
    if (tag !== 'storage' || !isKind(type, 'global') || typeof key !== 'string' || !isSize(count)) {
      throw this.corrupt('a storage was expected: ("storage", type, file, device, count)');
    }
    // Written by PyTorch before 0.4 only.
    if (view !== null) throw this.refused('a storage that is a part of another one');
    const storage: PickledStorage = { kind: 'storage', type: type.name.replace('torch.', ''), key, count };
    this.storages.set(key, storage);
    this.push(storage);
  }

  tensor(args: readonly PickleValue[]): PickledTensor {
    const [storage, offset, size, stride] = args;
    const shape = itemsOf(size)?.filter(isSize);
    const strides = itemsOf(stride)?.filter(isSize);
    const whole = shape?.length === itemsOf(size)?.length && strides?.length === itemsOf(stride)?.length;
    if (!isKind(storage, 'storage') || !isSize(offset) || !shape || !strides || !whole) {
      throw this.corrupt('a tensor was expected: (storage, offset, shape, strides)');
    }
    if (shape.length !== strides.length || shape.length > maxAxes) {
      throw this.corrupt(`a tensor has ${shape.length} axes and ${strides.length} strides`);
    }
    return { kind: 'tensor', storage, offset, shape, strides };
  }
}

function isKind<Kind extends 'list' | 'tuple' | 'dict' | 'global' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<PickleValue, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

function itemsOf(value: PickleValue | undefined): PickleValue[] | null {
  return isKind(value, 'tuple') || isKind(value, 'list') ? value.items : null;
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** All that may be called. None of them runs anything: each describes what it was given. */
const callables = new Map<string, (args: PickleValue[], machine: Machine) => PickleValue>([
  [
    'collections.OrderedDict',
    (args, machine) => {
      if (args.length > 0) throw machine.refused('an OrderedDict made from arguments');
      return { kind: 'dict', entries: new Map() };
    },
  ],
  ['torch._utils._rebuild_tensor', (args, machine) => machine.tensor(args)],
  ['torch._utils._rebuild_tensor_v2', (args, machine) => machine.tensor(args)],
  [
    'torch._utils._rebuild_parameter',
    ([tensor], machine) => {
      if (!isKind(tensor, 'tensor')) throw machine.corrupt('a parameter is made of what is no tensor');
      return tensor;
    },
  ],
]);

const stop = 0x2e;

/** Opcode -> what it does, protocols 2 to 5; the older, textual ones are refused with all others. */
const opcodes = new Map<number, (machine: Machine) => void>([
  [0x80, (m) => void m.uint8()], // PROTO
  [0x95, (m) => void m.take(8)], // FRAME
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.uint8())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x8a, (m) => m.push(m.integer(m.uint8()))], // LONG1
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.uint8()))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(m.text(m.uint64()))], // BINUNICODE8
  [0x7d, (m) => m.push({ kind: 'dict', entries: new Map() })], // EMPTY_DICT
  [0x5d, (m) => m.sequence('list', [])], // EMPTY_LIST
  [0x29, (m) => m.sequence('tuple', [])], // EMPTY_TUPLE
  [0x74, (m) => m.sequence('tuple', m.popMark())], // TUPLE
  [0x85, (m) => m.sequence('tuple', [m.pop()])], // TUPLE1
  [0x86, (m) => m.sequence('tuple', [m.pop(), m.pop()].toReversed())], // TUPLE2
  [0x87, (m) => m.sequence('tuple', [m.pop(), m.pop(), m.pop()].toReversed())], // TUPLE3
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x73, (m) => m.setItems([m.pop(), m.pop()].toReversed())], // SETITEM
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS
  [0x71, (m) => m.store(m.uint8())], // BINPUT
  [0x72, (m) => m.store(m.uint32())], // LONG_BINPUT
  [0x94, (m) => m.memorise()], // MEMOIZE
  [0x68, (m) => m.fetch(m.uint8())], // BINGET
  [0x6a, (m) => m.fetch(m.uint32())], // LONG_BINGET
  [0x63, (m) => m.global(m.line(), m.line())], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    (m) => {
      const [name, module] = [m.pop(), m.pop()];
      if (typeof name !== 'string' || typeof module !== 'string') throw m.corrupt('a name is no string');
      m.global(module, name);
    },
  ],
  [0x52, (m) => m.reduce()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.persistent()], // BINPERSID
]);
