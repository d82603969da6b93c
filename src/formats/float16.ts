/** IEEE 754 binary16 and bfloat16 <-> binary32. JavaScript's own Float16Array is too new to rely on. */

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** Bits of the binary16 nearest to `value`, ties to even; subnormals kept, too large becomes infinity, NaN stays NaN. */
export function toFloat16Bits(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is half-way between the largest binary16 and the next power of two: from there on the tie goes to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Adding 0xfff plus the last kept bit carries exactly when the dropped 13 bits round up; a carry into the exponent is right too.
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Subnormal: a whole number of 2^-24. Scaling by a power of two is exact, so only this rounding happens.
  floatView[0] = value;
  const scaled = Math.abs(floatView[0]) * 2 ** 24;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  return sign | (floor + (up ? 1 : 0));
}

/** The number that binary16 `bits` stand for. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let float16Table: Float32Array | null = null;

/** Decodes binary16 numbers into `out` from `at` on; a table of all 65,536 makes this a look-up. */
export function decodeFloat16(source: Uint16Array, out: Float32Array, at = 0): void {
  float16Table ??= Float32Array.from({ length: 65536 }, (_, bits) => fromFloat16Bits(bits));
  for (let i = 0; i < source.length; i++) out[at + i] = float16Table[source[i]];
}

/** Encodes to binary16, nearest even. */
export function encodeFloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = toFloat16Bits(source[i]);
  return out;
}

/** Decodes bfloat16, the upper half of a binary32, into `out` from `at` on. */
export function decodeBfloat16(source: Uint16Array, out: Float32Array, at = 0): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < source.length; i++) bits[at + i] = source[i] << 16;
}
