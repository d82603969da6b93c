/** Where a text before and after cleaning differ, character by character. */
export interface TextPart {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Characters of earlier parts; tells parts of one text from each other. */
  start: number;
}

/** Above this many characters that differ, one stretch is shown as changed: the exact comparison grows with the square. */
const longestCompared = 200;

/** The parts of `before` and `after` in reading order: `same` and `removed` make up the first, `same` and `added` the second. */
export function textChange(before: string, after: string): TextPart[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start++;
  let rest = 0;
  while (rest < shortest - start && before[before.length - 1 - rest] === after[after.length - 1 - rest]) rest++;
  const oldMiddle = before.slice(start, before.length - rest);
  const newMiddle = after.slice(start, after.length - rest);
  const parts: TextPart[] = [];
  append(parts, 'same', before.slice(0, start));
  if (Math.max(oldMiddle.length, newMiddle.length) > longestCompared) {
    append(parts, 'removed', oldMiddle);
    append(parts, 'added', newMiddle);
  } else {
    for (const part of compare(oldMiddle, newMiddle)) append(parts, part.kind, part.text);
  }
  append(parts, 'same', before.slice(before.length - rest));
  return parts;
}

function append(parts: TextPart[], kind: TextPart['kind'], text: string): void {
  if (text === '') return;
  const last = parts.at(-1);
  if (last?.kind === kind) last.text += text;
  else parts.push({ kind, text, start: last ? last.start + last.text.length : 0 });
}

/** Single characters by their longest common subsequence. */
function compare(before: string, after: string): Pick<TextPart, 'kind' | 'text'>[] {
  const width = after.length + 1;
  // common[i * width + j]: length of the longest common subsequence of before[i..] and after[j..].
  const common = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const parts: Pick<TextPart, 'kind' | 'text'>[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      parts.push({ kind: 'same', text: before[i] });
      i++;
      j++;
    } else if (j === after.length || (i < before.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      parts.push({ kind: 'removed', text: before[i++] });
    } else {
      parts.push({ kind: 'added', text: after[j++] });
    }
  }
  return parts;
}

/** A text with its invisible characters made visible, cut to `limit` characters. */
export function visibleText(text: string, limit = 120): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut
    .replace(/[\n\r]/g, '↵')
    .replace(/\t/g, '⇥')
    .replace(/[\p{Cc}\p{Zs}\u200b-\u200d\ufeff]/gu, '·');
}

/** Unchanged text with its middle left out when it is long: changes are what is looked for. */
export function shortened(text: string, limit = 60): string {
  return text.length > limit ? `${text.slice(0, limit / 2)} … ${text.slice(-limit / 2)}` : text;
}
