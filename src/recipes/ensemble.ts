/**
 * Fold ensemble: the rows outside the test side are dealt into folds, a model for each learns the others and is validated on its own, and
 * what the models say together is the mean of their logits. What one of them has from the rows it happened to learn, the mean loses; and
 * no row is kept from all of them to validate on; rows by hand are learnt by all, and validate none (Krogh & Vedelsby 1995, "Neural network ensembles, cross validation, and active learning").
 */
import { kFold } from '../data/split.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { concatenate } from '../shared/concatenate.ts';
import { memberCount } from '../shared/epochs.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { labelsOf } from './labelsOf.ts';

/** Rows of one model, ascending. */
export interface MemberSide {
  learnt: Uint32Array<ArrayBuffer>;
  /** What it is validated on. */
  held: Uint32Array<ArrayBuffer>;
}

type Sides = Pick<Split, 'train' | 'validation'>;

/** Of each model; the split's own where there is one. Near duplicates stay in one fold. */
export function memberSides(
  { labels, labelNames, groups, rowNumbers }: Pick<Dataset, 'labels' | 'labelNames' | 'groups' | 'rowNumbers'>,
  split: Sides,
  config: Pick<TrainingConfig, 'ensembleFolds' | 'seed'>,
): MemberSide[] {
  const count = memberCount(config, split.train.length + split.validation.length);
  if (count === 1) return [{ learnt: split.train, held: split.validation }];
  const rows = learntRows(split, config);
  const dealt = rows.filter((row) => rowNumbers[row] > 0);
  const byHand = rows.filter((row) => rowNumbers[row] === 0);
  const width = labelNames.length;
  const groupsOfRows = Uint32Array.from(dealt, (row) => groups[row]);
  const foldOf = kFold(labelsOf(labels, width, dealt), width, groupsOfRows, count, config.seed);
  return Array.from({ length: count }, (_, fold) => ({
    learnt: concatenate(
      dealt.filter((__, position) => foldOf[position] !== fold),
      byHand,
    ).toSorted(),
    held: dealt.filter((__, position) => foldOf[position] === fold),
  }));
}

/** What some model learns, ascending: the training side, with the validation side where there are several. */
export function learntRows(
  { train, validation }: Sides,
  config: Pick<TrainingConfig, 'ensembleFolds'>,
): Uint32Array<ArrayBuffer> {
  if (memberCount(config, train.length + validation.length) === 1) return train;
  return concatenate(train, validation).toSorted();
}

/** The seed of a model, counted from 0: the order of rows and dropout differ from model to model. */
export function memberSeed({ seed }: Pick<TrainingConfig, 'seed'>, member: number): number {
  return seed + member;
}

/** Bytes of all models of a run together: a browser holds hardly more in one file. */
const largestRun = 2e9;

/** Why one model is trained where several were to be averaged that could not be kept; null where they can. */
export function tooLargeTogether(weights: NamedArrays, members: number): string | null {
  let bytes = 0;
  for (const { data } of weights.values()) bytes += data.byteLength;
  if (members === 1 || bytes * members <= largestRun) return null;
  const size = (count: number): string => `${((bytes * count) / 1e9).toFixed(1)} GB`;
  return `One model is trained: ${members} that are averaged would take ${size(members)}, ${size(1)} each, and at most ${largestRun / 1e9} GB can be kept.`;
}
