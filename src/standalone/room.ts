/**
 * Memory for numbers with the one product that takes nearly all of the time, y = x wT + b: in WebAssembly where there is SIMD (the
 * engine's own kernel), in a loop elsewhere.
 */
import { writtenKernels, type WasmKernels } from '../kernels/wasmKernels.ts';

const pageBytes = 65_536;
/** Products end up to this far behind their last number. */
const alignment = 16;

export class Room {
  private readonly buffer: ArrayBuffer;
  private readonly kernels: Pick<WasmKernels, 'NT'> | null;
  private readonly panel: Float32Array;
  private used = 0;

  /**
   * @param floats numbers that will be asked for
   * @param widest columns of the widest x
   * @param plain loops even where there is SIMD: for comparison
   */
  static async make(floats: number, widest: number, plain = false): Promise<Room> {
    const bytes = 4 * (floats + 8 * widest) + alignment * 1024;
    const memory = plain ? null : startMemory(bytes);
    const kernels = memory && (await startKernels(memory));
    return new Room(memory?.buffer ?? new ArrayBuffer(bytes), kernels, widest);
  }

  private constructor(buffer: ArrayBuffer, kernels: Pick<WasmKernels, 'NT'> | null, widest: number) {
    this.buffer = buffer;
    this.kernels = kernels;
    this.panel = this.floats(8 * widest);
  }

  /** Zeros, for good. */
  floats(count: number): Float32Array {
    const array = new Float32Array(this.buffer, this.used, count);
    this.used = Math.ceil((this.used + 4 * count) / alignment) * alignment;
    return array;
  }

  /** y [M, P] = x [M, K] wT [K, P] + b [P]; all of them from `floats`. */
  product(
    x: Float32Array,
    w: Float32Array,
    b: Float32Array,
    y: Float32Array,
    [M, K, P]: readonly [number, number, number],
  ): void {
    if (!this.kernels || K % 4 !== 0 || P % 8 !== 0) return multiply(x, w, b, y, [M, K, P]);
    this.kernels.NT(x.byteOffset, w.byteOffset, b.byteOffset, y.byteOffset, this.panel.byteOffset, M, P, K);
  }
}

function startMemory(bytes: number): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  } catch {
    return null;
  }
}

/** Null where the browser has no SIMD, or forbids WebAssembly. */
async function startKernels(memory: WebAssembly.Memory): Promise<Pick<WasmKernels, 'NT'> | null> {
  try {
    const code = [writtenKernels(true, false), writtenKernels(false, false)].find((bytes) =>
      WebAssembly.validate(bytes),
    );
    if (!code) return null;
    const { instance } = await WebAssembly.instantiate(code, { host: { memory } });
    return instance.exports as unknown as WasmKernels;
  } catch {
    return null;
  }
}

/** The same in a loop: four rows of x at a time share what is read of w. */
export function multiply(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array,
  y: Float32Array,
  [M, K, P]: readonly [number, number, number],
): void {
  let i = 0;
  for (; i + 3 < M; i += 4) {
    for (let p = 0; p < P; p++) {
      let [s0, s1, s2, s3] = [b[p], b[p], b[p], b[p]];
      for (let k = 0; k < K; k++) {
        const factor = w[p * K + k];
        s0 += x[i * K + k] * factor;
        s1 += x[(i + 1) * K + k] * factor;
        s2 += x[(i + 2) * K + k] * factor;
        s3 += x[(i + 3) * K + k] * factor;
      }
      y[i * P + p] = s0;
      y[(i + 1) * P + p] = s1;
      y[(i + 2) * P + p] = s2;
      y[(i + 3) * P + p] = s3;
    }
  }
  for (; i < M; i++) {
    for (let p = 0; p < P; p++) {
      let sum = b[p];
      for (let k = 0; k < K; k++) sum += w[p * K + k] * x[i * K + k];
      y[i * P + p] = sum;
    }
  }
}
