/**
 * Many strings as two buffers, so that hundreds of thousands of titles cross to a worker by transfer, without a copy and without
 * a structured clone of each string on the main thread.
 */
export interface PackedStrings {
  /** UTF-8 of all strings, end to end. */
  bytes: Uint8Array<ArrayBuffer>;
  /** `count + 1` offsets into `bytes`. */
  offsets: Uint32Array<ArrayBuffer>;
}

/** Packs strings into two transferable buffers. Lone surrogates become U+FFFD. */
export function packStrings(strings: readonly string[]): PackedStrings {
  const encoder = new TextEncoder();
  let capacity = 0;
  for (const s of strings) capacity += s.length * 3;
  const scratch = new Uint8Array(capacity);
  const offsets = new Uint32Array(strings.length + 1);
  let at = 0;
  for (let i = 0; i < strings.length; i++) {
    at += encoder.encodeInto(strings[i], scratch.subarray(at)).written;
    offsets[i + 1] = at;
  }
  return { bytes: scratch.slice(0, at), offsets };
}

/** All strings, in order. */
export function unpackStrings(packed: PackedStrings): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const strings: string[] = [];
  for (let i = 0; i + 1 < packed.offsets.length; i++) {
    strings.push(decoder.decode(packed.bytes.subarray(packed.offsets[i], packed.offsets[i + 1])));
  }
  return strings;
}

/** White space as one space, none at the ends. */
export function collapseSpaces(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A cell without a title: nothing is predicted for it. */
export function isBlank(title: string): boolean {
  return title.trim() === '';
}
