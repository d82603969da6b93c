/**
 * Makes the vocabulary of the shipped encoder: node tools/run.mjs tools/trainWordPiece.ts [data folder] [vocab.txt]
 * It takes some ten seconds. `makeEncoder.ts` turns the result into a model folder.
 */
import { writeFileSync } from 'node:fs';
import { BertNormalizer, BertPreTokenizer } from '@huggingface/tokenizers';
import { readCorpus } from './corpus.ts';
import { trainWordPiece } from './wordPiece.ts';

export const vocabularySize = 8000;
const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** The vocabulary is for titles: a title's words count this many times those of a sentence. */
const titleWeight = 5;
/** In weighted counts: three titles, or fifteen sentences. */
const minFrequency = 15;

export function main([folder = '../shared/data', output = 'public/models/rung-mini/vocab.txt']: string[]): void {
  const { titles, sentences } = readCorpus(folder);
  const counts = new Map<string, number>();
  countWords(titles, titleWeight, counts);
  countWords(sentences, 1, counts);
  console.log(`${titles.length} titles, ${sentences.length} sentences, ${counts.size} different words`);
  const vocabulary = trainWordPiece(counts, {
    size: vocabularySize,
    specialTokens,
    alphabet: [...alphabet(), ...rankAbbreviations],
    minFrequency,
  });
  writeFileSync(output, `${vocabulary.join('\n')}\n`);
  console.log(`${vocabulary.length} entries written to ${output}`);
}

/** Short forms of ranks: whole pieces although the corpus, mostly of occupations, spells ranks out. */
const rankAbbreviations =
  'ceo cfo cio cto coo cmo cpo cro cso cdo cao clo cco chro ciso cxo vp avp svp evp rvp gm md sr snr jr mgr dir exec asst assoc pres dept'.split(
    ' ',
  );

/** Counts the words that BERT's own normaliser and pre-tokeniser make of texts. */
function countWords(texts: string[], weight: number, counts: Map<string, number>): void {
  const normalizer = new BertNormalizer({
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: true,
    lowercase: true,
  });
  const preTokenizer = new BertPreTokenizer();
  for (const text of texts) {
    for (const word of preTokenizer.pre_tokenize_text(normalizer.normalize(text))) {
      counts.set(word, (counts.get(word) ?? 0) + weight);
    }
  }
}

function range(from: string, to: string): string[] {
  const start = from.charCodeAt(0);
  return Array.from({ length: to.charCodeAt(0) - start + 1 }, (_, i) => String.fromCharCode(start + i));
}

/**
 * Characters that must never be unknown. Letters of other European scripts are in although the corpus is English: a model that reads
 * them letter by letter can learn such titles, one that sees only [UNK] cannot.
 */
function alphabet(): string[] {
  const letters = [
    ...range('a', 'z'),
    ...range('0', '9'),
    ...'ßæøœłđðþı'.split(''),
    ...range('α', 'ω'),
    ...range('а', 'я'),
  ];
  const ascii = range('!', '~').filter((character) => !/[A-Za-z0-9]/.test(character));
  return [...ascii, ...'‘’“”–—…•·«»¿¡€£©®™°№'.split(''), ...letters, ...letters.map((letter) => `##${letter}`)];
}
