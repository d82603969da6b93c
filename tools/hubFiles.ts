/** Files of random weights that are made when they are read: safetensors, and what torch.save writes. */
import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';

export type Shapes = [name: string, shape: number[]][];

/** A file that is made when it is read. */
export interface HubFile {
  size: number;
  /** Kept in large file storage, as the Hub does above 10 MB: redirected, resumable, with a SHA-256. */
  large: boolean;
  read(begin: number, end: number): Buffer;
}

const seedBlock = (() => {
  // Numbers from -0.035 to 0.035, a deviation of .02: one block of a prime length, laid end to end.
  const block = new Float32Array(99_991);
  let state = 1;
  for (let i = 0; i < block.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    block[i] = (state / 2 ** 31) * 0.035;
  }
  return block;
})();

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Numbers of a tensor: ones and zeros where a model has gains and biases, else the random block from a place of its own. */
function numbersOf(name: string, count: number): (begin: number, end: number) => Float32Array {
  const fill = /(norm|Norm)[^.]*\.weight$/.test(name) ? 1 : name.endsWith('bias') ? 0 : null;
  const start = createHash('sha1').update(name).digest().readUInt32LE(0) % seedBlock.length;
  return (begin, end) => {
    const out = new Float32Array(Math.min(end, count) - begin);
    if (fill !== null) return out.fill(fill);
    for (let at = 0; at < out.length;) {
      const from = (start + begin + at) % seedBlock.length;
      const piece = seedBlock.subarray(from, from + out.length - at);
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  };
}

interface Segment {
  bytes: number;
  read(begin: number, end: number): Buffer;
}

export const fixed = (content: Uint8Array | string): Segment => {
  const buffer = Buffer.from(content);
  return { bytes: buffer.length, read: (begin, end) => buffer.subarray(begin, end) };
};

function floats(name: string, shape: readonly number[], width: 2 | 4): Segment {
  const count = countOf(shape);
  const numbers = numbersOf(name, count);
  return {
    bytes: count * width,
    read(begin, end) {
      const [first, last] = [Math.floor(begin / width), Math.ceil(end / width)];
      const values = numbers(first, last);
      const bytes = width === 4 ? Buffer.from(values.buffer) : Buffer.from(halves(values).buffer);
      return bytes.subarray(begin - first * width, end - first * width);
    },
  };
}

/** Binary16 by cutting off: of random numbers nobody asks how they were rounded. */
function halves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => {
    const exponent = ((word >>> 23) & 0xff) - 112;
    return exponent <= 0 ? 0 : ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 0x3ff);
  });
}

export function joined(segments: readonly Segment[], large: boolean): HubFile {
  const size = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = (begin: number, end: number): Buffer => {
    const parts: Buffer[] = [];
    let at = 0;
    for (const segment of segments) {
      const [from, to] = [Math.max(begin - at, 0), Math.min(end - at, segment.bytes)];
      if (from < to) parts.push(segment.read(from, to));
      at += segment.bytes;
    }
    return Buffer.concat(parts);
  };
  return { size, large, read };
}

export function safetensors(shapes: Shapes): HubFile {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let at = 0;
  for (const [name, shape] of shapes) {
    const end = at + countOf(shape) * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [at, end] };
    at = end;
  }
  const json = JSON.stringify(header);
  const text = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return joined([fixed(length), fixed(text), ...shapes.map(([name, shape]) => floats(name, shape, 4))], true);
}

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([Buffer.from('X'), length, Buffer.from(value)]);
};

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(5, 'J');
  bytes.writeInt32LE(value, 1);
  return bytes;
};

const tuple = (values: number[]): Buffer => Buffer.concat([Buffer.from('('), ...values.map(int), Buffer.from('t')]);

/** The pickle of a state dict, protocol 2, as torch.save writes it. */
function stateDictPickle(shapes: Shapes, storage: string): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 2]), Buffer.from('ccollections\nOrderedDict\n)R(')];
  for (const [i, [name, shape]] of shapes.entries()) {
    const strides = shape.map((_, axis) => countOf(shape.slice(axis + 1)));
    parts.push(
      text(name),
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n(('),
      text('storage'),
      Buffer.from(`ctorch\n${storage}\n`),
      text(String(i)),
      text('cpu'),
      int(countOf(shape)),
      Buffer.from('tQ'),
      int(0),
      tuple(shape),
      tuple(strides),
      Buffer.from([0x89]),
      Buffer.from('ccollections\nOrderedDict\n)RtR'),
    );
  }
  parts.push(Buffer.from('u.'));
  return Buffer.concat(parts);
}

/**
 * pytorch_model.bin in half precision. Checksums in the zip are those of empty files, as where PyTorch was told to leave them out:
 * neither torch.load nor Rung compares them.
 */
export function pytorchBin(shapes: Shapes): HubFile {
  const members: [string, Segment][] = [
    ['archive/data.pkl', fixed(stateDictPickle(shapes, 'HalfStorage'))],
    ...shapes.map(([name, shape], i): [string, Segment] => [`archive/data/${i}`, floats(name, shape, 2)]),
    ['archive/version', fixed('3\n')],
  ];
  const segments: Segment[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of members) {
    // The header of an empty stored file from a zip library, with the sizes written over.
    const empty = Buffer.from(zipSync({ [name]: new Uint8Array(0) }, { level: 0 }));
    const local = Buffer.from(empty.subarray(0, 30 + name.length));
    const entry = Buffer.from(empty.subarray(30 + name.length, 30 + name.length + 46 + name.length));
    for (const [header, place] of [
      [local, 18],
      [entry, 20],
    ] as const) {
      header.writeUInt32LE(content.bytes, place);
      header.writeUInt32LE(content.bytes, place + 4);
    }
    entry.writeUInt32LE(at, 42);
    segments.push(fixed(local), content);
    directory.push(entry);
    at += local.length + content.bytes;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return joined([...segments, ...directory.map(fixed), fixed(end)], true);
}
