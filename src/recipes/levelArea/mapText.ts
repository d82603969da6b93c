/** Keyword maps written as text: a line a class, "name [codes]: keyword, keyword, ...". */
import type { KeywordClass } from '../../shared/levelArea.ts';

export function classesOfText(text: string): KeywordClass[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [, name, codes = '', keywords] = /^\s*([^[:]+?)\s*(?:\[([\d ]+)\])?:\s*(.*)$/.exec(line) ?? [];
      return { name, codes: codes.split(' ').filter(Boolean), keywords: keywords.split(/,\s*/) };
    });
}
