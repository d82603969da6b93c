/** The plain check of an attribution: what the model says of the title without each of its words. */
import { joinPieces, piecesOf, withoutPiece, type Word } from './words.ts';

/** The title without each word, in order. */
export function titlesWithoutOne(words: readonly Word[], rest = ''): string[] {
  const pieces = piecesOf(words);
  return pieces.map((_, i) => joinPieces(withoutPiece(pieces, i)) + rest);
}

/** Pushes below this read as none: it changes no probability by more than 1.25 points. */
export const smallestPush = 0.05;

/** Whether a word's push and what leaving it out does are of opposite sign, both large enough to have one. */
export function disagree({ push, drop }: { push: number; drop: number }): boolean {
  return Math.min(Math.abs(push), Math.abs(drop)) >= smallestPush && push > 0 !== drop > 0;
}
