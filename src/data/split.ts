/**
 * Splits of a multi-label data set: stratified over label sets, near-duplicate groups kept whole, the same for the same seed.
 *
 * Label sets with enough rows are dealt out one by one, each row to the side that lacks most of its set. What is over, and rare sets, follow by
 * iterative stratification over single labels, rarest label first (Sechidis, Tsoumakas, Vlahavas, ECML PKDD 2011, algorithm 1), with
 * what the first step dealt already counted.
 */
import { Random } from '../shared/random.ts';
import { RungError } from '../shared/errors.ts';
import type { Split } from '../shared/dataset.ts';

export interface SplitShares {
  train: number;
  validation: number;
  test: number;
}

/** Rows that must stay together. */
interface Unit {
  rows: number[];
  /** Label -> rows of the unit that carry it. */
  labels: Map<number, number>;
}

const unassigned = 0xff;

/** Rows still wanted: in all, and of each label, on each side. */
interface Desires {
  total: Float64Array;
  /** sides x labels */
  label: Float64Array[];
}

function makeUnits(labels: Uint8Array, labelCount: number, groups: Uint32Array, random: Random): Unit[] {
  const byGroup = new Map<number, Unit>();
  groups.forEach((group, row) => {
    const unit = byGroup.get(group) ?? { rows: [], labels: new Map<number, number>() };
    byGroup.set(group, unit);
    unit.rows.push(row);
    for (let label = 0; label < labelCount; label++) {
      if (labels[row * labelCount + label] !== 0) unit.labels.set(label, (unit.labels.get(label) ?? 0) + 1);
    }
  });
  const units = random.shuffle([...byGroup.values()]);
  // Large groups go first, while every side still has room for them.
  return units.toSorted((a, b) => b.rows.length - a.rows.length);
}

function countLabel(units: readonly Unit[], labelCount: number): { rows: Float64Array; units: Uint32Array } {
  const rows = new Float64Array(labelCount);
  const unitsWith = new Uint32Array(labelCount);
  for (const unit of units) {
    for (const [label, count] of unit.labels) {
      rows[label] += count;
      unitsWith[label]++;
    }
  }
  return { rows, units: unitsWith };
}

/** Index of the largest value; later keys break ties. */
function argmax(sides: number, ...keys: ((side: number) => number)[]): number {
  let best = 0;
  for (let side = 1; side < sides; side++) {
    for (const key of keys) {
      const difference = key(side) - key(best);
      if (Math.abs(difference) < 1e-9) continue;
      if (difference > 0) best = side;
      break;
    }
  }
  return best;
}

class Dealer {
  readonly sideOf: Uint8Array;
  private readonly units: readonly Unit[];
  private readonly sides: number;
  private readonly shares: readonly number[];
  private readonly desires: Desires;
  private readonly luck: Float64Array;
  private readonly random: Random;

  constructor(units: readonly Unit[], shares: readonly number[], desires: Desires, random: Random) {
    this.units = units;
    this.sides = shares.length;
    this.shares = shares;
    this.desires = desires;
    this.random = random;
    this.luck = new Float64Array(this.sides);
    this.sideOf = new Uint8Array(units.length).fill(unassigned);
  }

  private deal(index: number, wanted: (side: number) => number): number {
    for (let side = 0; side < this.sides; side++) this.luck[side] = this.random.next();
    const side = argmax(
      this.sides,
      // A side without a share stays empty, however well the others are filled.
      (at) => Math.sign(this.shares[at]),
      wanted,
      (at) => this.desires.total[at],
      (at) => this.luck[at],
    );
    const unit = this.units[index];
    this.sideOf[index] = side;
    this.desires.total[side] -= unit.rows.length;
    for (const [label, count] of unit.labels) this.desires.label[side][label] -= count;
    return side;
  }

  /** Deals groups of a hundredth of all rows or more to the side that lacks most rows; the others make up for them. */
  dealLarge(): void {
    const all = this.units.reduce((sum, unit) => sum + unit.rows.length, 0);
    this.units.forEach((unit, index) => {
      if (unit.rows.length > 2 && unit.rows.length >= all / 100) this.deal(index, () => 0);
    });
  }

  /** Shares of the sides in what is not dealt yet. */
  private openShares(): number[] {
    const open = this.desires.total.map((rows, side) => (this.shares[side] > 0 ? Math.max(0, rows) : 0));
    const sum = open.reduce((total, rows) => total + rows, 0);
    return sum > 0 ? Array.from(open, (rows) => rows / sum) : [...this.shares];
  }

  /** Deals units of each label set, to each side as many as fit whole into its share; what is over is left for `dealRest` to balance. */
  dealSets(sets: readonly number[][]): void {
    const shares = this.openShares();
    const smallest = Math.min(...shares.filter((share) => share > 0));
    for (const set of sets) {
      const indices = set.filter((index) => this.sideOf[index] === unassigned);
      // Two units for the smallest side: below that, a set's own rounding would outweigh its share.
      if (indices.length * smallest < 2) continue;
      const size = this.units[set[0]].rows.length;
      const wanted = shares.map((share) => share * size * indices.length);
      for (const index of indices) {
        if (Math.max(...wanted) < size) break;
        wanted[this.deal(index, (side) => wanted[side])] -= size;
      }
    }
  }

  /** Deals what is left: labels in the given order, each of their units to the side that lacks the label most. */
  dealRest(labelOrder: readonly number[]): void {
    for (const label of labelOrder) {
      this.units.forEach((unit, index) => {
        if (this.sideOf[index] !== unassigned || !unit.labels.has(label)) return;
        this.deal(index, (side) => this.desires.label[side][label]);
      });
    }
    this.units.forEach((_, index) => {
      if (this.sideOf[index] === unassigned) this.deal(index, (side) => this.desires.total[side]);
    });
  }
}

/** Units by their labels and rows, so that those of one list are interchangeable; in the order of their first unit. */
function byLabelSet(units: readonly Unit[]): number[][] {
  const sets = new Map<string, number[]>();
  units.forEach((unit, index) => {
    const labels = [...unit.labels].toSorted(([a], [b]) => a - b);
    const key = `${unit.rows.length}:${labels.map(([label, rows]) => `${label}x${rows}`).join(',')}`;
    const members = sets.get(key) ?? [];
    members.push(index);
    sets.set(key, members);
  });
  return [...sets.values()];
}

/** Side of every row. `floors[side]`: the side gets a row of each label that stands in at least so many groups; 0 for no such promise. */
function dealRows(
  labels: Uint8Array,
  labelCount: number,
  groups: Uint32Array,
  shares: readonly number[],
  floors: readonly number[],
  seed: number,
): Uint32Array<ArrayBuffer> {
  const random = new Random(seed);
  const units = makeUnits(labels, labelCount, groups, random);
  const counts = countLabel(units, labelCount);
  const desires: Desires = {
    total: Float64Array.from(shares, (share) => share * groups.length),
    label: shares.map((share) => counts.rows.map((rows) => share * rows)),
  };
  for (let label = 0; label < labelCount; label++) {
    floors.forEach((floor, side) => {
      const missing = 1 - desires.label[side][label];
      if (floor === 0 || counts.units[label] < floor || missing <= 0) return;
      desires.label[side][label] += missing;
      desires.label[0][label] -= missing;
    });
  }
  const dealer = new Dealer(units, shares, desires, random);
  dealer.dealLarge();
  dealer.dealSets(byLabelSet(units));
  // Rarest in the whole set, not among what is left: a frequent label that is nearly dealt out must not decide for a rare one.
  dealer.dealRest([...counts.rows.keys()].toSorted((a, b) => counts.rows[a] - counts.rows[b]));

  const sideOfRow = new Uint32Array(groups.length);
  units.forEach((unit, index) => {
    for (const row of unit.rows) sideOfRow[row] = dealer.sideOf[index];
  });
  return sideOfRow;
}

function rowsOf(sides: Uint32Array, wanted: number): Uint32Array<ArrayBuffer> {
  const rows: number[] = [];
  sides.forEach((side, row) => {
    if (side === wanted) rows.push(row);
  });
  return Uint32Array.from(rows);
}

/**
 * Splits rows into train, validation and test.
 * A label in 3 groups of rows or more gets a test row, in 5 or more a validation row too; what is rarer trains only.
 * @param labels rows x labelCount, row-major, 0 or 1
 * @param groups group of each row; a group stays on one side
 * @returns row numbers of each side, ascending
 */
export function splitDataset(
  labels: Uint8Array,
  labelCount: number,
  groups: Uint32Array,
  shares: SplitShares,
  seed: number,
): Split {
  const sum = shares.train + shares.validation + shares.test;
  const given = [shares.train, shares.validation, shares.test];
  if (!given.every((share) => share >= 0) || !(shares.train > 0) || Math.abs(sum - 1) > 1e-6) {
    throw new RungError(
      'too-few-rows',
      `Splitting the rows: expected shares of train, validation and test that add up to 1, got ${given.join(' + ')}.`,
      'Change the split so that the three shares add up to 100 % and training has some.',
    );
  }
  const floors = [0, shares.validation > 0 ? 5 : 0, shares.test > 0 ? 3 : 0];
  const sides = dealRows(labels, labelCount, groups, given, floors, seed);
  return { train: rowsOf(sides, 0), validation: rowsOf(sides, 1), test: rowsOf(sides, 2) };
}

/**
 * Deals rows into `folds` of equal size for cross-validation, stratified in the same way.
 * @returns fold of each row, from 0
 */
export function kFold(
  labels: Uint8Array,
  labelCount: number,
  groups: Uint32Array,
  folds: number,
  seed: number,
): Uint32Array<ArrayBuffer> {
  if (!Number.isInteger(folds) || folds < 2 || folds > groups.length) {
    throw new RungError(
      'too-few-rows',
      `Cross-validating: expected from 2 to ${groups.length} folds (one row each), got ${folds}.`,
      'Choose fewer folds.',
    );
  }
  const shares = Array.from({ length: folds }, () => 1 / folds);
  const floors = shares.map(() => 0);
  return dealRows(labels, labelCount, groups, shares, floors, seed);
}
