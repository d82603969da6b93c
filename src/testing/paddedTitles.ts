/** Titles as other runtimes want them: a rectangle of token ids, padded on the right, with a mask. */
export interface PaddedTitles {
  /** titles x longest, row-major; what each input of an exported model is fed. */
  inputs: Record<'input_ids' | 'attention_mask' | 'token_type_ids', BigInt64Array<ArrayBuffer>>;
  dims: [number, number];
}

export function padTitles(titles: readonly (readonly number[])[], padTokenId: number): PaddedTitles {
  const longest = Math.max(...titles.map((title) => title.length));
  const filled = (number: (title: readonly number[], at: number) => number): BigInt64Array<ArrayBuffer> =>
    BigInt64Array.from(
      titles.flatMap((title) => Array.from({ length: longest }, (_, at) => BigInt(number(title, at)))),
    );
  return {
    inputs: {
      input_ids: filled((title, at) => title[at] ?? padTokenId),
      attention_mask: filled((title, at) => (at < title.length ? 1 : 0)),
      token_type_ids: filled(() => 0),
    },
    dims: [titles.length, longest],
  };
}
