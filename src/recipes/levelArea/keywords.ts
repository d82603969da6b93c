/**
 * Weak labels: a title belongs to the class whose keyword it holds. Whole words, case and punctuation aside, a plural s overlooked; where
 * keywords overlap the longer one counts ("vice president" hides "president"); where several classes are left the map says what decides.
 */
import { titleWords } from '../../data/duplicates.ts';
import type { ConflictPolicy, KeywordMap } from '../../shared/levelArea.ts';

/** A keyword that stands in a title. */
export interface Match {
  /** Position among all keywords of the map, class after class. */
  keyword: number;
  class: number;
  /** Words of the title from `from` to before `to`. */
  from: number;
  to: number;
  /** Another keyword covers it. */
  inside: boolean;
}

export interface Verdict {
  matches: Match[];
  /** Classes of the matches that are not covered, ascending. */
  classes: number[];
  /** Null: no keyword, or left out. */
  class: number | null;
}

interface Node {
  next: Map<string, Node>;
  /** Keywords that end here; the same one may stand in several classes. */
  ends: { keyword: number; class: number }[];
}

/** Reads titles with one map. */
export class KeywordReader {
  private readonly root: Node = { next: new Map<string, Node>(), ends: [] };
  private readonly policy: ConflictPolicy;

  constructor({ classes, conflicts }: KeywordMap) {
    this.policy = conflicts;
    let keyword = 0;
    for (const [at, { keywords }] of classes.entries()) {
      for (const phrase of keywords) {
        const words = titleWords(phrase);
        let node = this.root;
        for (const word of words) {
          let next = node.next.get(word);
          if (!next) node.next.set(word, (next = { next: new Map<string, Node>(), ends: [] }));
          node = next;
        }
        if (words.length > 0) node.ends.push({ keyword, class: at });
        keyword++;
      }
    }
  }

  read(words: readonly string[]): Verdict {
    const matches = this.matchesOf(words);
    markCovered(matches);
    const standing = matches.filter(({ inside }) => !inside);
    const classes = [...new Set(standing.map((match) => match.class))].toSorted((a, b) => a - b);
    return { matches, classes, class: this.decide(words, standing, classes) };
  }

  private matchesOf(words: readonly string[]): Match[] {
    const matches: Match[] = [];
    const follow = (node: Node, from: number, at: number): void => {
      for (const end of node.ends) matches.push({ ...end, from, to: at, inside: false });
      if (at === words.length) return;
      const word = words[at];
      const exact = node.next.get(word);
      if (exact) follow(exact, from, at + 1);
      const singular = word.length > 3 && word.endsWith('s') ? node.next.get(word.slice(0, -1)) : undefined;
      if (singular) follow(singular, from, at + 1);
    };
    for (let from = 0; from < words.length; from++) follow(this.root, from, from);
    return matches;
  }

  private decide(words: readonly string[], standing: readonly Match[], classes: readonly number[]): number | null {
    if (classes.length <= 1) return classes[0] ?? null;
    if (this.policy === 'order') return classes[0];
    if (this.policy === 'leave-out') return null;
    const size = (match: Match): number => lengthOf(words, match);
    const longest = Math.max(...standing.map(size));
    const left = new Set(standing.filter((match) => size(match) === longest).map((match) => match.class));
    return left.size === 1 ? [...left][0] : null;
  }
}

/** Words first, then characters. */
function lengthOf(words: readonly string[], { from, to }: Match): number {
  return (to - from) * 1000 + words.slice(from, to).reduce((sum, word) => sum + word.length, 0);
}

/** The longest match stands, and covers those that share a word with it and are shorter; then the next. */
function markCovered(matches: Match[]): void {
  const byLength = matches.toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  const standing: Match[] = [];
  for (const match of byLength) {
    match.inside = standing.some(
      (other) => other.from < match.to && match.from < other.to && other.to - other.from > match.to - match.from,
    );
    if (!match.inside) standing.push(match);
  }
}

/** A title without the keywords that name `of`; '' where no letter is left. */
export function withoutKeywords(words: readonly string[], { matches }: Verdict, of: number | null): string {
  if (of === null) return '';
  const hidden = new Set<number>();
  for (const { class: at, from, to } of matches) if (at === of) for (let i = from; i < to; i++) hidden.add(i);
  const left = words.filter((_, i) => !hidden.has(i));
  return left.some((word) => /\p{L}{2}/u.test(word)) ? left.join(' ') : '';
}
