/** From the cells of a file to titles with weak labels, with a record of what was left out and of what every keyword did. */
import { findDuplicates, titleWords } from '../../data/duplicates.ts';
import { fingerprint } from '../../data/fingerprint.ts';
import {
  heads,
  invalidReasons,
  type ConflictCount,
  type Head,
  type HeadLabelling,
  type HeadLabels,
  type InvalidReason,
  type KeywordMap,
  type Labelling,
  type LabellingSettings,
  type LevelAreaDataset,
} from '../../shared/levelArea.ts';
import { packStrings } from '../../shared/strings.ts';
import { KeywordReader, withoutKeywords, type Verdict } from './keywords.ts';
import { readTruth, type Truth } from './truth.ts';
import { invalidReason, readableTitle } from './validTitles.ts';

/** The valid titles of a column, each once, with the rows that they first stand in. */
interface Titles {
  texts: string[];
  words: string[][];
  rows: number[];
  repeated: number;
  invalid: Labelling['invalid'];
}

const shownExamples = 5;
const shownConflicts = 40;

export interface LabelledTitles {
  summary: Labelling;
  /** Made when training begins; looking for near duplicates takes a moment. */
  dataset: () => LevelAreaDataset;
}

/** @param columns of the file, cells by row */
export function labelTitles(
  name: string,
  columns: readonly (readonly string[])[],
  { titleColumn, maps, truth }: LabellingSettings,
): LabelledTitles {
  const titles = validTitles(columns[titleColumn]);
  const read = (head: Head) => readHead(maps[head], titles, truth[head] && readTruth(columns, truth[head], maps[head]));
  const by = { level: read('level'), area: read('area') };
  return {
    summary: {
      rows: columns[titleColumn].length,
      titles: titles.texts.length,
      repeated: titles.repeated,
      invalid: titles.invalid,
      heads: { level: by.level.summary, area: by.area.summary },
    },
    dataset: () => {
      const packed = packStrings(titles.texts);
      const hidden = (head: Head) =>
        packStrings(
          titles.words.map((words, i) => withoutKeywords(words, by[head].verdicts[i], by[head].verdicts[i].class)),
        );
      return {
        name,
        titles: packed,
        hidden: { level: hidden('level'), area: hidden('area') },
        groups: findDuplicates(titles.texts).groups,
        labels: { level: by.level.labels, area: by.area.labels },
        maps,
        fingerprint: fingerprint([packed.bytes, ...heads.map((head) => new Uint8Array(by[head].labels.weak.buffer))]),
      };
    },
  };
}

function validTitles(cells: readonly string[]): Titles {
  const seen = new Set<string>();
  const titles: Titles = { texts: [], words: [], rows: [], repeated: 0, invalid: [] };
  const left = new Map<InvalidReason, { rows: number; examples: string[] }>();
  for (const [row, cell] of cells.entries()) {
    const reason = invalidReason(cell);
    if (reason) {
      const found = left.get(reason) ?? { rows: 0, examples: [] };
      left.set(reason, found);
      found.rows++;
      if (cell !== '' && found.examples.length < shownExamples) found.examples.push(cell.slice(0, 80));
      continue;
    }
    const text = readableTitle(cell);
    const words = titleWords(text);
    const key = words.join(' ');
    if (seen.has(key)) {
      titles.repeated++;
      continue;
    }
    seen.add(key);
    titles.texts.push(text);
    titles.words.push(words);
    titles.rows.push(row);
  }
  titles.invalid = invalidReasons.flatMap((reason) => {
    const found = left.get(reason);
    return found ? [{ reason, ...found }] : [];
  });
  return titles;
}

interface ReadHead {
  summary: HeadLabelling;
  labels: HeadLabels;
  verdicts: Verdict[];
}

function readHead(map: KeywordMap, titles: Titles, truth: Truth | null): ReadHead {
  const reader = new KeywordReader(map);
  const verdicts = titles.words.map((words) => reader.read(words));
  const classNames = map.classes.map(({ name }) => name);
  const weak = Int16Array.from(verdicts, (verdict) => verdict.class ?? -1);
  const classTitles = classNames.map(() => 0);
  for (const at of weak) if (at >= 0) classTitles[at]++;
  const conflicting = verdicts.filter(({ classes }) => classes.length > 1);
  const of = truth && Int16Array.from(titles.rows, (row) => truth.of[row]);
  return {
    verdicts,
    labels: { classNames, weak, truth: truth && of ? { names: truth.names, of, ofClass: truth.ofClass } : null },
    summary: {
      keywords: countKeywords(map, verdicts),
      conflicts: countConflicts(verdicts, titles.texts),
      classTitles,
      without: verdicts.filter(({ classes }) => classes.length === 0).length,
      conflicting: conflicting.length,
      leftOut: conflicting.filter((verdict) => verdict.class === null).length,
      examples: spread(titles.texts.filter((_, i) => verdicts[i].classes.length === 0)),
      truthValues: truth?.values ?? null,
      truthTitles: of ? of.filter((value) => value >= 0).length : 0,
    },
  };
}

/** A few of them from all over the list. */
function spread(texts: readonly string[]): string[] {
  const count = Math.min(2 * shownExamples, texts.length);
  return Array.from({ length: count }, (_, i) => texts[Math.floor((i * texts.length) / count)]);
}

function countKeywords({ classes }: KeywordMap, verdicts: readonly Verdict[]): HeadLabelling['keywords'] {
  const counts = classes.flatMap(({ keywords }, at) =>
    keywords.map((keyword) => ({ keyword, class: at, titles: 0, inside: 0, decided: 0, conflicts: 0 })),
  );
  for (const { matches, classes: found, class: outcome } of verdicts) {
    const standing = new Set(matches.filter(({ inside }) => !inside).map(({ keyword }) => keyword));
    for (const keyword of new Set(matches.map((match) => match.keyword))) {
      const count = counts[keyword];
      count.titles++;
      if (!standing.has(keyword)) count.inside++;
      else {
        if (count.class === outcome) count.decided++;
        if (found.length > 1) count.conflicts++;
      }
    }
  }
  return counts;
}

function countConflicts(verdicts: readonly Verdict[], texts: readonly string[]): ConflictCount[] {
  const found = new Map<string, ConflictCount>();
  for (const [i, { classes, class: outcome }] of verdicts.entries()) {
    if (classes.length < 2) continue;
    const key = classes.join();
    const known = found.get(key);
    if (known) known.titles++;
    else found.set(key, { classes, titles: 1, example: texts[i], outcome });
  }
  return [...found.values()].toSorted((a, b) => b.titles - a.titles).slice(0, shownConflicts);
}
