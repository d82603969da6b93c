/** What stored training titles must look like; they are checked on reading as records are. */
import * as v from 'valibot';
import type { KeptTitles } from '../shared/explanation.ts';

const bytes = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);
const numbers = v.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array);

const keptTitles: v.GenericSchema<unknown, KeptTitles> = v.pipe(
  v.object({
    titles: v.object({ bytes, offsets: numbers }),
    labels: bytes,
    rows: numbers,
    total: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.check(({ titles, labels, rows }) => {
    const count = rows.length;
    return titles.offsets.length === count + 1 && (count === 0 ? labels.length === 0 : labels.length % count === 0);
  }),
);

/** Null for what is not there or not as it should be: an explanation goes without then. */
export function readTitles(stored: unknown): KeptTitles | null {
  const result = v.safeParse(keptTitles, stored);
  return result.success ? result.output : null;
}
