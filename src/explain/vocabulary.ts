/** Words of the training titles that go with a label, or with its absence. */
import { coreOf, wordsOf } from './words.ts';

export interface LabelledTitles {
  titles: readonly string[];
  /** titles x labels, row-major, 0 or 1. */
  labels: Uint8Array;
  labelCount: number;
}

interface WordCount {
  /** As it is written first. */
  text: string;
  /** Titles with the label that hold it. */
  inside: number;
  /** Titles without. */
  outside: number;
}

/** A word in fewer titles may be a slip of the pen. */
const fewestTitles = 2;

/**
 * The `count` words that go most surely with the label (`present`) or without it: by the log-odds ratio over its standard error (Monroe,
 * Colaresi & Quinn 2008, "Fightin' Words", equations 16 and 22, with a prior of 1/2), so that a frequent word goes before one that occurred
 * by chance.
 */
export function wordsOfLabel(data: LabelledTitles, label: number, present: boolean, count: number): string[] {
  const counts = new Map<string, WordCount>();
  let [inside, outside] = [0, 0];
  for (const [row, title] of data.titles.entries()) {
    const holds = data.labels[row * data.labelCount + label] === 1;
    if (holds) inside++;
    else outside++;
    for (const [key, text] of distinctWords(title)) {
      const known = counts.get(key) ?? { text, inside: 0, outside: 0 };
      known[holds ? 'inside' : 'outside']++;
      counts.set(key, known);
    }
  }
  const scored = [...counts.values()]
    .filter((word) => word.inside + word.outside >= fewestTitles)
    .map((word) => {
      const ratio = logOdds(word.inside, inside) - logOdds(word.outside, outside);
      const score = ratio / Math.sqrt(1 / (word.inside + 0.5) + 1 / (word.outside + 0.5));
      return { text: word.text, score: present ? score : -score };
    });
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1))
    .slice(0, count)
    .map(({ text }) => text);
}

function logOdds(count: number, all: number): number {
  return Math.log((count + 0.5) / (all - count + 0.5));
}

/** Key in lower case -> the word as it stands. Symbols and numbers alone are no words. */
function distinctWords(title: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { text } of wordsOf(title)) {
    const core = coreOf(text);
    if (/\p{L}/u.test(core) && !found.has(core.toLowerCase())) found.set(core.toLowerCase(), core);
  }
  return found;
}
