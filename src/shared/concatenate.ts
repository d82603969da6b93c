/** Typed arrays end to end; `Array.of(...parts)` would put every number on the stack, which a hundred thousand overflow. */

type Kinds = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** The first part says of what kind the result is, so there must be one. */
export function concatenate<Part extends Kinds>(first: Part, ...others: readonly ArrayLike<number>[]): Part {
  return concatenateAll(first, others);
}

/** The same of a list, however long. */
export function concatenateAll<Part extends Kinds>(first: Part, others: readonly ArrayLike<number>[]): Part {
  const parts = [first, ...others];
  const Kind = first.constructor as new (length: number) => Part;
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
