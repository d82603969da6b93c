/** Which cells are titles at all. */
import { cleanTitle, defaultCleaning, hasHtml } from '../../data/cleaning.ts';
import { titleWords } from '../../data/duplicates.ts';
import type { InvalidReason } from '../../shared/levelArea.ts';
import { isBlank } from '../../shared/strings.ts';

const placeholders = new Set(
  'n a,na,none,null,nil,nan,unknown,unspecified,not applicable,not available,not specified,other,misc,test,testing,tbd,tba,xxx,asdf,asdfgh,qwerty,title,job title,no title,position'.split(
    ',',
  ),
);
const address = /(?:https?:\/\/|www\.)\S|\S@\S+\.\S/i;
const mostCharacters = 200;
const mostWords = 25;

/** The title as the encoder and the keywords read it. */
export function readableTitle(cell: string): string {
  return cleanTitle(cell, defaultCleaning);
}

/** Why a cell is no title; null when it is one. Entities such as `&amp;` are decoded, tags make a cell invalid. */
export function invalidReason(cell: string): InvalidReason | null {
  if (isBlank(cell)) return 'empty';
  // Read through a bound: what comes behind decides nothing.
  if (cell.length > 10 * mostCharacters) return 'too-long';
  if (hasHtml(cell.replaceAll(/&lt;/gi, '<').replaceAll(/&gt;/gi, '>').replaceAll('&', ' '))) return 'html';
  const title = readableTitle(cell);
  if (title === '') return 'empty';
  if (address.test(title)) return 'address';
  const letters = title.match(/\p{L}/gu) ?? [];
  if (letters.length === 0) return /\p{N}/u.test(title) ? 'digits' : 'symbols';
  const words = titleWords(title);
  if (placeholders.has(words.join(' '))) return 'placeholder';
  if (letters.length === 1) return 'too-short';
  if (letters.length > 2 && new Set(letters.map((letter) => letter.toLowerCase())).size === 1)
    return 'repeated-letters';
  return title.length > mostCharacters || words.length > mostWords ? 'too-long' : null;
}
