/**
 * An embedding table of which only some rows are on the device: the ones the training titles use. The others see no gradient, so all
 * that AdamW does to them is decay, by the same factor each step: their values follow in closed form, exactly.
 */
import { concat, keep, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedArray } from '../shared/arrays.ts';

/** Some rows of a table on the device. */
export interface CoveringRows {
  tensor: Tensor2D;
  /** Row of `tensor` for each vocabulary row that is there. */
  placeOf: Int32Array<ArrayBuffer>;
}

export class RowTable {
  /** What weight decay has done so far to the rows that are not on the device. */
  decay = 1;
  private readonly array: NamedArray;
  /** Vocabulary row of each device row. */
  private rows: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** Device row of each vocabulary row, or -1. */
  private place: Int32Array<ArrayBuffer>;
  private device: Tensor2D | null = null;

  constructor(array: NamedArray) {
    this.array = array;
    this.place = new Int32Array(array.shape[0]).fill(-1);
  }

  /** Rows of the whole table. */
  get size(): number {
    return this.array.shape[0];
  }

  /** The rows on the device. @throws Error before `load`. */
  get tensor(): Tensor2D {
    if (!this.device) throw new Error('RowTable: no rows are on the device yet');
    return this.device;
  }

  /** Puts the rows that occur in `ids` on the device. */
  load(ids: Iterable<number>): void {
    this.rows = Int32Array.from(new Set(ids)).toSorted();
    this.place.fill(-1);
    for (const [at, row] of this.rows.entries()) this.place[row] = at;
    this.dispose();
    this.device = keep(this.upload(this.rows));
  }

  /** Device row of each vocabulary row; -1 for those that are not there. */
  get placeOf(): Int32Array<ArrayBuffer> {
    return this.place;
  }

  /**
   * A table for prediction that holds at least the rows in `ids`, and where each row is in it. The caller disposes of the tensor.
   */
  covering(ids: Iterable<number>): CoveringRows {
    const missing = Int32Array.from(new Set(ids))
      .filter((row) => this.place[row] < 0)
      .toSorted();
    if (missing.length === 0 && this.device) return { tensor: this.device.clone(), placeOf: this.place };
    const placeOf = this.place.slice();
    for (const [i, row] of missing.entries()) placeOf[row] = this.rows.length + i;
    const { device } = this;
    const tensor = tidy(() => (device ? concat([device, this.upload(missing)], 0) : this.upload(missing)));
    return { tensor, placeOf };
  }

  private upload(rows: Int32Array): Tensor2D {
    const [, width] = this.array.shape;
    const data = new Float32Array(rows.length * width);
    for (const [at, row] of rows.entries()) {
      for (let i = 0; i < width; i++) data[at * width + i] = this.array.data[row * width + i] * this.decay;
    }
    return tensor2d(data, [rows.length, width]);
  }

  /** The whole table as it stands now. */
  async read(): Promise<NamedArray> {
    const [, width] = this.array.shape;
    const data = this.array.data.map((value) => value * this.decay);
    if (this.device) {
      const trained = await this.device.data<'float32'>();
      for (const [at, row] of this.rows.entries())
        data.set(trained.subarray(at * width, (at + 1) * width), row * width);
    }
    return { shape: [...this.array.shape], data };
  }

  dispose(): void {
    this.device?.dispose();
    this.device = null;
  }
}
