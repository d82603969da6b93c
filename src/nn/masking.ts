/**
 * Tokens that a masked language model has to guess (Devlin, Chang, Lee & Toutanova 2019, "BERT", section 3.1): 15 % of a batch's tokens are
 * chosen; of those 80 % become the mask, 10 % another token, 10 % stay. By whole words if wanted, as in the later BERT releases.
 */
import type { TokenisedTitles } from '../shared/arrays.ts';
import { Random } from '../shared/random.ts';
import { packTitles, tokenRows, type HostBatch, type TableRows } from './packedBatch.ts';

export interface MaskingOptions {
  /** Share of the tokens that are chosen; at least one is. */
  rate: number;
  /** The same seed chooses the same tokens. */
  seed: number;
  maskId: number;
  /** Ids that are never chosen: those of [CLS], [SEP] and the like. */
  special: ReadonlySet<number>;
  /** Ids that another token is drawn from. */
  vocabulary: ArrayLike<number>;
  /** 1 for each id that goes on with the word before it ("##ing"): words are chosen whole. Null: token by token. */
  continues: ArrayLike<number> | null;
}

/** The titles of one batch with some tokens replaced. */
export interface MaskedTitles {
  titles: TokenisedTitles;
  /** Where in `titles.ids` the chosen tokens are, ascending. */
  slots: Int32Array<ArrayBuffer>;
  /** Their ids before. */
  targets: Int32Array<ArrayBuffer>;
}

/** Masks the titles at `indices`, in this order. @throws Error when they have no token that can be chosen. */
export function maskTitles(titles: TokenisedTitles, indices: ArrayLike<number>, options: MaskingOptions): MaskedTitles {
  const { seed, rate, maskId, vocabulary } = options;
  const random = new Random(seed);
  const picked = pick(titles, indices);
  const words = wordsOf(picked, options);
  const count = words.reduce((sum, word) => sum + word.length, 0);
  if (count === 0) throw new Error('maskTitles: no token of these titles can be masked');
  const wanted = Math.max(1, Math.round(rate * count));
  const chosen: number[] = [];
  for (const word of random.shuffle(words)) {
    // A word too many would choose more than was asked for; a shorter one may still fit.
    if (chosen.length === 0 || chosen.length + word.length <= wanted) chosen.push(...word);
    if (chosen.length >= wanted) break;
  }
  const slots = Int32Array.from(chosen).toSorted();
  const targets = slots.map((slot) => picked.ids[slot]);
  for (const slot of slots) {
    const draw = random.next();
    if (draw < 0.8) picked.ids[slot] = maskId;
    else if (draw < 0.9) picked.ids[slot] = vocabulary[random.int(vocabulary.length)];
  }
  return { titles: picked, slots, targets };
}

function pick(titles: TokenisedTitles, indices: ArrayLike<number>): TokenisedTitles {
  const parts = Array.from(indices, (i) => titles.ids.subarray(titles.starts[i], titles.starts[i + 1]));
  const starts = new Uint32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) starts[i + 1] = starts[i] + part.length;
  const ids = new Int32Array(starts[parts.length]);
  for (const [i, part] of parts.entries()) ids.set(part, starts[i]);
  return { ids, starts };
}

/** Slots that can be chosen, those of one word together. */
function wordsOf({ ids, starts }: TokenisedTitles, { special, continues }: MaskingOptions): number[][] {
  const words: number[][] = [];
  for (let title = 0; title + 1 < starts.length; title++) {
    let word: number[] | null = null;
    for (let slot = starts[title]; slot < starts[title + 1]; slot++) {
      if (special.has(ids[slot])) {
        word = null;
        continue;
      }
      if (word && continues?.[ids[slot]]) word.push(slot);
      else words.push((word = [slot]));
    }
  }
  return words;
}

export interface MaskedBatch {
  /** `firsts`, and the `title` row of the tokens, name the masked tokens in place of each title's first: `firstRows` picks these. */
  host: HostBatch;
  /** Row of the word table that is right for each masked token [M]. */
  targets: Int32Array<ArrayBuffer>;
}

/** Masked titles as a batch for `maskedLmLogits`. All ids, targets included, must have a row in `rows`. */
export function packMasked({ titles, slots, targets }: MaskedTitles, rows: TableRows): MaskedBatch {
  const all = Array.from({ length: titles.starts.length - 1 }, (_, i) => i);
  const host = packTitles(titles, all, rows);
  host.tokens.fill(-1, tokenRows.title * host.N);
  // Titles lie end to end in a batch too: a slot is where it was.
  for (const [i, slot] of slots.entries()) host.tokens[tokenRows.title * host.N + slot] = i;
  return { host: { ...host, firsts: slots, B: slots.length }, targets: targets.map((id) => rows.wordRow[id]) };
}
