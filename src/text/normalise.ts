/**
 * Title normalisation for models that count words: a pipeline of named steps, each of which can be left out. Always in the order of
 * `normalisationSteps`, as abbreviations are looked up in what the steps before have left.
 */
import { normalisationSteps, type NormalisationOptions, type NormalisationStep } from '../shared/normalisation.ts';
import { defaultAbbreviations } from './abbreviations.ts';

export const defaultNormalisation: NormalisationOptions = {
  steps: normalisationSteps,
  abbreviations: defaultAbbreviations,
};

/** Function words. "it" is not among them: in titles it is information technology. */
const stopWords = new Set(
  `a about above after again all also am an and any are as at be been before being below between both but by can could did do does doing
   down during each few for from further had has have having he her here hers him his how i if in into is its itself just me more most my
   myself no nor not now of off on once only or other our ours out over own same she should so some such than that the their theirs them
   then there these they this those through to too under until up very was we were what when where which while who whom why will with
   you your yours`.split(/\s+/),
);

/** The title in normal form; empty when nothing but symbols and stop words was in it. */
export function normaliseTitle(title: string, options: NormalisationOptions = defaultNormalisation): string {
  return normaliser(options)(title);
}

/** The same as a function of the title alone, which reads the options once: for many titles. */
export function normaliser({ steps, abbreviations }: NormalisationOptions): (title: string) => string {
  const expand = expander(abbreviations);
  const apply: Record<NormalisationStep, (text: string) => string> = {
    lowercase: (text) => text.toLowerCase(),
    symbols: removeSymbols,
    separators: (text) => text.replace(separator, ' '),
    abbreviations: expand,
    'stop-words': (text) =>
      text
        .split(/\s+/)
        .filter((word) => !stopWords.has(word.toLowerCase()))
        .join(' '),
  };
  const chosen = normalisationSteps.filter((step) => steps.includes(step));
  return (title) =>
    chosen
      .reduce((text, step) => apply[step](text), title)
      .replace(/\s+/g, ' ')
      .trim();
}

const initials = /(?<!\p{L})\p{L}(?:\.\p{L})+(?!\p{L})/gu;
const pairOfLetters = /(?<!\p{L})(\p{L}) ?& ?(\p{L})(?!\p{L})/gu;
const between = String.raw`(?<=(?<!\p{L})\p{L})&(?=\p{L}(?!\p{L}))`;
const afterLetter = String.raw`(?<=\p{L}[+#]?)[+#]`;
const separators = String.raw`/\\|,;:_()\[\]{}\u2010-\u2015\-`;
const symbol = new RegExp(String.raw`(?!${between}|${afterLetter})[^\p{L}\p{M}\p{N}\s${separators}]`, 'gu');
const separator = new RegExp(`[${separators}]+`, 'gu');

/**
 * Removes what is neither letter, digit nor separator: dots of initials ("V.P." is "VP") and apostrophes close up, others leave a space.
 * `&` stays between two single letters ("R&D"), `+` and `#` after a letter ("C++", "C#").
 */
function removeSymbols(text: string): string {
  return text
    .replace(/['\u2019]/g, '')
    .replace(initials, (letters) => letters.replaceAll('.', ''))
    .replace(pairOfLetters, '$1&$2')
    .replace(symbol, ' ');
}

/** Replaces whole words, the longest key first where several begin at a word. */
function expander(abbreviations: Readonly<Record<string, string>>): (text: string) => string {
  const meanings = new Map(Object.entries(abbreviations));
  const longest = Math.max(0, ...Object.keys(abbreviations).map((key) => key.split(' ').length));
  return (text) => {
    const words = text.split(/\s+/).filter(Boolean);
    const lower = words.map((word) => word.toLowerCase());
    const found: string[] = [];
    for (let at = 0; at < words.length;) {
      let taken = Math.min(longest, words.length - at);
      let meaning: string | undefined;
      for (; taken > 0; taken--) {
        meaning = meanings.get(lower.slice(at, at + taken).join(' '));
        if (meaning !== undefined) break;
      }
      found.push(meaning ?? words[at]);
      at += Math.max(1, taken);
    }
    return found.join(' ');
  };
}
