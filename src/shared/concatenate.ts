/** Typed arrays end to end; `Array.of(...parts)` would put every number on the stack, which a hundred thousand overflow. */

/** The first part says of what kind the result is, so there must be one. */
export function concatenate<
  Part extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
>(first: Part, ...others: readonly ArrayLike<number>[]): Part {
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
