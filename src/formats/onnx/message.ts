/**
 * Messages of Protocol Buffers, as far as ONNX models and TensorBoard events take them (https://protobuf.dev/programming-guides/encoding/).
 *
 * The kept libraries gather a message in one growing array, so that weights would be in memory three times over. Here a message is a
 * list of pieces, and those of tensors are made only while they are written, one at a time.
 */
import { concatenateAll } from '../../shared/concatenate.ts';

/** Bytes of a known number that are made when they are needed. */
export interface Payload {
  readonly byteLength: number;
  bytes(): Uint8Array<ArrayBuffer>;
}

type Piece = Uint8Array<ArrayBuffer> | Payload;

/** How a field is stored: the last three bits of its tag. */
const wireTypes = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 };

export class Message {
  private readonly pieces: Piece[] = [];
  private length = 0;

  get byteLength(): number {
    return this.length;
  }

  /** int32, int64 or an enumeration; negative numbers take ten bytes. */
  integer(field: number, value: number): this {
    return this.tag(field, wireTypes.varint).add(varint(value));
  }

  /** float */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.tag(field, wireTypes.fixed32).add(bytes);
  }

  /** double */
  double(field: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.tag(field, wireTypes.fixed64).add(bytes);
  }

  /** string, in UTF-8 */
  text(field: number, value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.tag(field, wireTypes.delimited).add(varint(bytes.length)).add(bytes);
  }

  /** bytes */
  payload(field: number, payload: Payload): this {
    return this.tag(field, wireTypes.delimited).add(varint(payload.byteLength)).add(payload);
  }

  /** A message inside this one, complete by now. */
  message(field: number, inner: Message): this {
    this.tag(field, wireTypes.delimited).add(varint(inner.length));
    for (const piece of inner.pieces) this.add(piece);
    return this;
  }

  /** All bytes of a small message. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return joined(this.pieces.map((piece) => (piece instanceof Uint8Array ? piece : piece.bytes())));
  }

  /** All bytes, without a copy of more than one tensor in memory. */
  toBlob(): Blob {
    const parts: Blob[] = [];
    // Thousands of small pieces: a Blob of each would take longer than the weights.
    let small: Uint8Array<ArrayBuffer>[] = [];
    for (const piece of this.pieces) {
      if (piece instanceof Uint8Array) small.push(piece);
      else {
        parts.push(new Blob([joined(small)]), new Blob([piece.bytes()]));
        small = [];
      }
    }
    return new Blob([...parts, joined(small)]);
  }

  private tag(field: number, wireType: number): this {
    return this.add(varint(field * 8 + wireType));
  }

  private add(piece: Piece): this {
    this.pieces.push(piece);
    this.length += piece.byteLength;
    return this;
  }
}

/** Seven bits a byte, the lowest first; negative numbers as two's complement of 64 bits. */
function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** All pieces, end to end. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatenateAll(new Uint8Array(), pieces);
}
