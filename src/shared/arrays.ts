/** Weights outside the backend: what files hold and what the engine takes in and gives back. */
export interface NamedArray {
  shape: number[];
  /** Row-major, `shape`'s product long. */
  data: Float32Array<ArrayBuffer>;
}

/** Hugging Face parameter name -> array, in file order. */
export type NamedArrays = Map<string, NamedArray>;

/** Token ids of many titles laid end to end: title `i` is `ids[starts[i] .. starts[i + 1]]`, special tokens included, no padding. */
export interface TokenisedTitles {
  ids: Int32Array<ArrayBuffer>;
  /** titles + 1 */
  starts: Uint32Array<ArrayBuffer>;
}

/** Tokenised titles with their labels. */
export interface Examples extends TokenisedTitles {
  /** titles x labels, row-major, 0 or 1. */
  labels: Uint8Array<ArrayBuffer>;
  /** titles x labels, from 0 to 1: what a loss over labels is taken against in training; left out: the labels. */
  targets?: Float32Array<ArrayBuffer>;
  labelCount: number;
}
