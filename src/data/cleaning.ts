/**
 * Title cleaning: a pure function of title and switches, so that prediction can repeat exactly what training saw. Every pattern is
 * linear in the title's length, as titles of 100,000 characters come in.
 */
import { decodeHTMLStrict } from 'entities';
import type { CleaningOptions } from '../shared/dataset.ts';
import { collapseSpaces } from '../shared/strings.ts';

export const defaultCleaning: CleaningOptions = {
  html: true,
  unicode: true,
  separators: false,
  symbols: false,
  lowercase: false,
  whitespace: true,
};

// `[^<>]*` and not `[^>]*`: a title of `<a<a<a` must not be scanned to its end once for each `<`.
const tag = /<(\/?[a-z][a-z0-9]*|!)(?=[\s/>!-])[^<>]*>/gi;
const inlineTags = new Set('a,abbr,b,big,code,em,font,i,ins,mark,s,small,span,strong,sub,sup,u'.split(','));

/** Tags removed; those that begin a line of their own leave a space. */
function removeTags(title: string): string {
  return title.replace(tag, (_, name: string) => (inlineTags.has(name.replace('/', '').toLowerCase()) ? '' : ' '));
}

/** Character references that end in a semicolon, decoded once: without one, "Sales &copywriting" would become "Sales ©writing". */
function decodeEntities(title: string): string {
  const decoded = decodeHTMLStrict(title);
  // HTML turns `&#0;` and the like into U+FFFD; a title keeps what was written.
  return decoded.includes('\ufffd') && !title.includes('\ufffd') ? title : decoded;
}

/** True when a title holds an HTML tag or a character reference. */
export function hasHtml(title: string): boolean {
  if (title.includes('<') && removeTags(title) !== title) return true;
  return title.includes('&') && decodeEntities(title) !== title;
}

const lineControls = /[\t\n\v\f\r\u0085\u2028\u2029]/g;
const otherControls = /[\p{Cc}\p{Cf}\u{fffe}\u{ffff}]/gu;
const control = /[^\P{Cc}\t\n\r]|[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ufffd]/u;

/** True when a title holds characters that cannot be seen, or that stand for ones that were lost. */
export function hasControlCharacters(title: string): boolean {
  return control.test(title);
}

function plainUnicode(title: string): string {
  return title
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212\ufe58\ufe63]/g, '-')
    .replace(lineControls, ' ')
    .replace(otherControls, '');
}

const plainAscii = /^[ -~]*$/;

/** Applies the switched-on steps in the order of `CleaningOptions`. */
export function cleanTitle(title: string, options: CleaningOptions): string {
  let cleaned = title;
  // Decoded first: titles from web forms often hold `&lt;b&gt;`, which is a tag too.
  if (options.html && (cleaned.includes('&') || cleaned.includes('<'))) cleaned = removeTags(decodeEntities(cleaned));
  if (options.unicode && !plainAscii.test(cleaned)) cleaned = plainUnicode(cleaned);
  if (options.separators) cleaned = cleaned.replace(/[/|;_\\\u00a6\u00b7\u2022\u203a\u2219]/g, ' ');
  // A space takes the symbol's place, so that words on both sides stay two words.
  if (options.symbols) cleaned = cleaned.replace(/[^\p{L}\p{M}\p{N}\s&+#'.-]/gu, ' ');
  if (options.lowercase) cleaned = cleaned.toLowerCase();
  if (options.whitespace) cleaned = collapseSpaces(cleaned);
  return cleaned;
}

/** True when there is something to learn from: at least one letter. */
export function hasLetters(title: string): boolean {
  return /\p{L}/u.test(title);
}

/** Titles that differ only in case and white space have the same key. */
export function titleKey(title: string): string {
  return collapseSpaces(title.toLowerCase());
}
