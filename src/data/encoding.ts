/** Bytes of a text file to a string, whatever wrote it. */
import { RungError } from '../shared/errors.ts';
import type { SourceInfo } from '../shared/dataset.ts';
import { piecesOf } from './pieces.ts';

export type Encoding = NonNullable<SourceInfo['encoding']>;

export interface DecodedText {
  text: string;
  encoding: Encoding;
  /** Bytes that the encoding does not allow, each now U+FFFD; 0 nearly always. */
  invalid: number;
}

/** V8 holds strings of at most about 536 million UTF-16 units; a larger text must be refused before it is decoded. */
const largestText = 500_000_000;

/** How many of `pattern` stand in the first `limit` byte pairs. */
function countPairs(bytes: Uint8Array, test: (even: number, odd: number) => boolean): number {
  let count = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) if (test(bytes[i], bytes[i + 1])) count++;
  return count;
}

/** UTF-16 without a byte order mark: line ends, spaces and other ASCII leave zeros on one side of the byte pairs only. */
function looksLikeUtf16(bytes: Uint8Array): Encoding | null {
  const head = bytes.subarray(0, 8192);
  const pairs = Math.floor(head.length / 2);
  if (pairs < 4 || bytes.length % 2 === 1) return null;
  const asciiLow = countPairs(head, (even, odd) => odd === 0 && even !== 0);
  const asciiHigh = countPairs(head, (even, odd) => even === 0 && odd !== 0);
  // Cyrillic or Greek text has few zeros but always some line ends and delimiters; UTF-8 text has none, or stray ones on both sides.
  const enough = Math.max(2, pairs * 0.05);
  if (asciiLow >= enough && asciiLow > 10 * asciiHigh) return 'utf-16le';
  if (asciiHigh >= enough && asciiHigh > 10 * asciiLow) return 'utf-16be';
  return null;
}

function byteOrderMark(bytes: Uint8Array): Encoding | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

function countReplacements(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count++;
  return count;
}

function countNonAscii(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) count++;
  return count;
}

/**
 * The encoding of a text too large to hold, by the same rules as `decodeText`.
 * @param head its first bytes, an even number of them
 */
export async function encodingOf(text: Blob, head: Uint8Array): Promise<Encoding> {
  const marked = byteOrderMark(head) ?? (text.size % 2 === 0 ? looksLikeUtf16(head) : null);
  if (marked !== null) return marked;
  if (await isValidUtf8(text)) return 'utf-8';
  let [invalid, other] = [0, 0];
  const decoder = new TextDecoder('utf-8');
  for await (const bytes of piecesOf(text)) {
    const piece = decoder.decode(bytes, { stream: true });
    invalid += countReplacements(piece);
    other += countNonAscii(piece);
  }
  return isDamagedUtf8(invalid, other) ? 'utf-8' : 'windows-1252';
}

async function isValidUtf8(text: Blob): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of piecesOf(text)) {
      decoder.decode(bytes, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

/** A few broken bytes among many good multi-byte letters is a damaged UTF-8 file, not a Windows one. */
function isDamagedUtf8(invalid: number, nonAscii: number): boolean {
  return nonAscii - invalid > 10 * invalid;
}

/** UTF-8 when it is valid, or nearly so; else Windows-1252, which allows every byte. */
function decodeEightBit(bytes: Uint8Array): DecodedText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', invalid: 0 };
  } catch {
    const lossy = new TextDecoder('utf-8').decode(bytes);
    const invalid = countReplacements(lossy);
    if (isDamagedUtf8(invalid, countNonAscii(lossy))) return { text: lossy, encoding: 'utf-8', invalid };
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252', invalid: 0 };
  }
}

function namedEncoding(name: string): Encoding {
  const known: Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];
  const found = known.find((encoding) => encoding === name.toLowerCase());
  if (found !== undefined) return found;
  throw new RungError(
    'file-unsupported',
    `Decoding text: expected one of the encodings ${known.join(', ')}, got "${name}".`,
    'Choose one of these encodings, or leave it to Rung.',
  );
}

/**
 * Decodes a text file: byte order mark, then UTF-16 by its zeros, then UTF-8, then Windows-1252. `forced` overrides the guess.
 * @throws RungError `file-too-large` above 500 MB of text.
 */
export function decodeText(bytes: Uint8Array, name: string, forced?: string): DecodedText {
  if (bytes.length > largestText) {
    throw new RungError(
      'file-too-large',
      `Reading ${name}: text files up to ${largestText / 1e6} MB can be read, this one has ${Math.round(bytes.length / 1e6)} MB.`,
      'Split the file, or keep only the columns with titles and labels.',
    );
  }
  const encoding = forced === undefined ? (byteOrderMark(bytes) ?? looksLikeUtf16(bytes)) : namedEncoding(forced);
  if (encoding === null) return decodeEightBit(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  return { text, encoding, invalid: encoding === 'windows-1252' ? 0 : countReplacements(text) };
}
