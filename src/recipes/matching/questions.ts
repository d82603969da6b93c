/**
 * What a fine-tuning learns from and what it is measured on. Nothing that is asked is learnt: a title to learn from that says nearly the
 * same as a question (see data/duplicates.ts) is left out, and a fifth of the entries is kept from training with all their titles.
 */
import { findDuplicates, titleWords } from '../../data/duplicates.ts';
import type { QuestionGroup, Taxonomy } from '../../shared/matching.ts';
import { Random } from '../../shared/random.ts';
import { unpackStrings } from '../../shared/strings.ts';
import { heldOutOnet } from './heldOutOnet.ts';

/** Share of the entries that training sees no title of; the share of pretraining. */
const keptShare = 0.2;
/** Share of the other entries' names that is asked, where there are no reported titles. */
const askedShare = 0.2;
/** More narrow the intervals no further, and take minutes to embed. */
const mostQuestions = 10_000;

export interface TitleOfEntry {
  title: string;
  entry: number;
}

export interface Question extends TitleOfEntry {
  group: QuestionGroup;
}

export interface Exercise {
  train: TitleOfEntry[];
  questions: Question[];
  kind: 'reported' | 'alternates';
  /** Alternates that are neither learnt nor asked. */
  leftOut: number;
  /** Whether the entries kept from training are those that the shipped encoder's pretraining was kept from. */
  asPretrained: boolean;
}

/** Divides the titles of a taxonomy. The same seed gives the same; on O*NET the entries kept from training never change. */
export function exerciseOf(taxonomy: Taxonomy, seed: number): Exercise {
  const random = new Random(seed);
  const codes = unpackStrings(taxonomy.codes);
  const asPretrained = codes.filter((code) => heldOutOnet.has(code)).length > heldOutOnet.size / 2;
  const keptFrom = asPretrained
    ? new Set(codes.flatMap((code, entry) => (heldOutOnet.has(code) ? [entry] : [])))
    : new Set(random.shuffle(codes.map((_, entry) => entry)).slice(0, Math.round(keptShare * codes.length)));
  const groupOf = (entry: number): QuestionGroup => (keptFrom.has(entry) ? 'unseen' : 'seen');
  const alternates = listOf(taxonomy.alternates);
  const reported = answerable(listOf(taxonomy.reported));
  const kind = reported.length > 0 ? 'reported' : 'alternates';

  const all = [...alternates, ...reported];
  const { groups } = findDuplicates(all.map(({ title }) => title));
  const ownGroups = groups.subarray(0, alternates.length);
  const askedGroups = new Set(
    kind === 'reported' ? groups.subarray(alternates.length) : drawGroups(ownGroups, alternates, keptFrom, random),
  );
  const isAsked = (_: unknown, i: number): boolean => askedGroups.has(ownGroups[i]);
  const asked = kind === 'reported' ? reported : answerable(alternates.filter(isAsked));
  const train = once(alternates.filter(({ entry }, i) => !askedGroups.has(ownGroups[i]) && !keptFrom.has(entry)));
  const questions = random.shuffle(asked).slice(0, mostQuestions);
  return {
    train,
    questions: questions.map((question) => ({ ...question, group: groupOf(question.entry) })),
    kind,
    leftOut: alternates.length - train.length - (kind === 'reported' ? 0 : questions.length),
    asPretrained,
  };
}

function listOf({ titles, entries }: Taxonomy['alternates']): TitleOfEntry[] {
  return unpackStrings(titles).map((title, i) => ({ title, entry: entries[i] }));
}

const folded = (title: string): string => titleWords(title).join(' ');

/** Each title once for each entry. */
function once(titles: readonly TitleOfEntry[]): TitleOfEntry[] {
  return [...new Map(titles.map((own) => [`${own.entry} ${folded(own.title)}`, own])).values()];
}

/** Titles of one entry only: one that several have has no one answer. */
function answerable(titles: readonly TitleOfEntry[]): TitleOfEntry[] {
  const owners = new Map<string, Set<number>>();
  for (const { title, entry } of titles) {
    const key = folded(title);
    owners.set(key, (owners.get(key) ?? new Set()).add(entry));
  }
  return titles.filter(({ title }) => folded(title) !== '' && owners.get(folded(title))?.size === 1);
}

/** Groups of near duplicates to ask: all that hold a title of an entry kept from training, and a share of the others. */
function drawGroups(
  groups: Uint32Array,
  alternates: readonly TitleOfEntry[],
  keptFrom: ReadonlySet<number>,
  random: Random,
): Set<number> {
  const asked = new Set(alternates.flatMap(({ entry }, i) => (keptFrom.has(entry) ? [groups[i]] : [])));
  const others = [...new Set(groups)].filter((group) => !asked.has(group));
  for (const group of random.shuffle(others).slice(0, Math.round(askedShare * others.length))) asked.add(group);
  return asked;
}
