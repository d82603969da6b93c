/** A list of abbreviations as text, "sr = senior" a line. */

/** The list as it is edited. */
export function abbreviationLines(abbreviations: Readonly<Record<string, string>>): string {
  return Object.entries(abbreviations)
    .map(([short, long]) => `${short} = ${long}`)
    .join('\n');
}

/**
 * What the lines say, a later one for the same abbreviation over an earlier; empty lines say nothing.
 * @returns `problem`: the first line that is left out, and why; undefined where all are read
 */
export function readAbbreviations(text: string): { found: Record<string, string>; problem: string | undefined } {
  // Without a prototype: “constructor” is a word like any other.
  const found: Record<string, string> = Object.create(null);
  let problem: string | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [short, long, more] = line.split('=').map((part) => part.trim().replaceAll(/\s+/g, ' '));
    if (!short || !long || more !== undefined) problem ??= `Line ${i + 1} is left out: expected “sr = senior”`;
    else found[short.toLowerCase().replaceAll('.', '')] = long.toLowerCase();
  }
  return { found: { ...found }, problem };
}
