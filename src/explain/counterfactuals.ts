/**
 * Counterfactual titles (Wachter, Mittelstadt & Russell 2018, "Counterfactual Explanations Without Opening the Black Box"): the fewest
 * words to take out, replace or put in so that a label turns over. All changes of one word are predicted; if too few of them do it, the most
 * promising are changed once more.
 */
import type { Counterfactual, WordEdit } from '../shared/explanation.ts';
import {
  coreOf,
  insertedPiece,
  joinPieces,
  piecesOf,
  withoutPiece,
  withPiece,
  type Piece,
  type Word,
} from './words.ts';

export interface Scores {
  /** Of the label, one a title. */
  logits: ArrayLike<number>;
  probabilities: ArrayLike<number>;
}

export interface CounterfactualInput {
  words: readonly Word[];
  /** Whether the title has the label now. */
  holds: boolean;
  /** Probability from which the label is given. */
  threshold: number;
  /** Words that may come in, the most promising first; none: words are only taken out. */
  vocabulary: readonly string[];
  predict: (titles: string[]) => Promise<Scores>;
}

interface Candidate {
  pieces: Piece[];
  title: string;
  edits: WordEdit[];
}

interface Scored extends Candidate {
  logit: number;
  probability: number;
}

/** Changed titles that are shown. */
const wanted = 5;
/** One-word changes that are changed again. */
const beam = 6;
/** Words that may come in at the second change. */
const secondWords = 8;
/** Words of the title that are changed: in a longer one, the first. */
const mostPieces = 12;

/** The changed titles, fewest changes first, then those that only take out, then the surest; and how many were predicted. */
export async function findCounterfactuals(
  input: CounterfactualInput,
): Promise<{ found: Counterfactual[]; tried: number }> {
  const start: Candidate = { pieces: piecesOf(input.words), title: '', edits: [] };
  const seen = new Set([joinPieces(start.pieces)]);
  const singles = await score(input, fresh(changesOf(start, input.vocabulary), seen));
  const turned = (candidate: Scored): boolean => candidate.probability >= input.threshold !== input.holds;
  let found = distinct(ranked(input, singles.filter(turned)));
  const enough = new Set(singles.filter(turned).flatMap(({ edits }) => edits.map(editKey)));
  let tried = singles.length;
  if (found.length < wanted) {
    const promising = ranked(
      input,
      singles.filter((candidate) => !turned(candidate)),
    ).toSorted((a, b) => towards(input, b) - towards(input, a));
    const words = promising.flatMap(({ edits }) => (edits[0].into === null ? [] : [edits[0].into]));
    const best = [...new Set(words)].slice(0, secondWords);
    const pairs = promising.slice(0, beam).flatMap((candidate) => changesOf(candidate, best));
    const doubles = await score(input, fresh(pairs, seen));
    tried += doubles.length;
    // A change that does it alone needs no second one.
    const needed = doubles.filter(
      (candidate) => turned(candidate) && !candidate.edits.some((edit) => enough.has(editKey(edit))),
    );
    found = [...found, ...distinct(ranked(input, needed))];
  }
  const shown = found.slice(0, wanted).map(({ title, edits, probability }) => ({ title, edits, probability }));
  return { found: shown, tried };
}

/** Every title that is one change away. Words that were put in stay. */
function changesOf({ pieces, edits }: Candidate, vocabulary: readonly string[]): Candidate[] {
  const changed = (next: Piece[], edit: WordEdit): Candidate => ({
    pieces: next,
    title: joinPieces(next),
    edits: [...edits, edit],
  });
  const present = new Set(pieces.map(({ text }) => coreOf(text).toLowerCase()));
  const coming = vocabulary.filter((word) => !present.has(word.toLowerCase()));
  const candidates: Candidate[] = [];
  for (let at = 0; at <= Math.min(pieces.length, mostPieces); at++) {
    const piece = at < pieces.length ? pieces[at] : null;
    if (piece && !piece.fresh) {
      const out = coreOf(piece.text);
      // A title without words is none.
      if (pieces.length > 1) candidates.push(changed(withoutPiece(pieces, at), { out, into: null }));
      for (const into of coming) candidates.push(changed(withPiece(pieces, at, into), { out, into }));
    }
    for (const into of coming) candidates.push(changed(insertedPiece(pieces, at, into), { out: null, into }));
  }
  return candidates;
}

/** Those whose title has not come yet. */
function fresh(candidates: Candidate[], seen: Set<string>): Candidate[] {
  return candidates.filter(({ title }) => {
    if (seen.has(title)) return false;
    seen.add(title);
    return true;
  });
}

async function score({ predict }: CounterfactualInput, candidates: Candidate[]): Promise<Scored[]> {
  if (candidates.length === 0) return [];
  const { logits, probabilities } = await predict(candidates.map(({ title }) => title));
  return candidates.map((candidate, i) => ({ ...candidate, logit: logits[i], probability: probabilities[i] }));
}

/** How far a title is on its way to turn over. */
function towards({ holds }: CounterfactualInput, { logit }: Scored): number {
  return holds ? -logit : logit;
}

function ranked(input: CounterfactualInput, candidates: Scored[]): Scored[] {
  const coming = ({ edits }: Scored): number => edits.filter(({ into }) => into !== null).length;
  return candidates.toSorted((a, b) => coming(a) - coming(b) || towards(input, b) - towards(input, a));
}

/** What a change is about, wherever in the title it is made. */
function editKey({ out, into }: WordEdit): string {
  return into === null ? `-${out}` : `+${into}`;
}

/** The first of those that put in the same words, or take out the same: five places for one word would say one thing five times. */
function distinct(candidates: Scored[]): Scored[] {
  const known = new Set<string>();
  return candidates.filter(({ edits }) => {
    const key = edits
      .map(editKey)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join(' ');
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
