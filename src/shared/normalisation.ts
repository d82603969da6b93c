/** How titles are brought into normal form before they are read, as runs and downloads keep it. `text/normalise.ts` does it. */
import * as v from 'valibot';

/** In the order in which they are applied. */
export const normalisationSteps = ['lowercase', 'symbols', 'separators', 'abbreviations', 'stop-words'] as const;
export type NormalisationStep = (typeof normalisationSteps)[number];

export interface NormalisationOptions {
  steps: readonly NormalisationStep[];
  /** Abbreviation or misspelling, in lower case and without dots -> what it means. */
  abbreviations: Readonly<Record<string, string>>;
}

export const normalisationSchema: v.GenericSchema<NormalisationOptions> = v.object({
  steps: v.array(v.picklist(normalisationSteps)),
  abbreviations: v.record(v.string(), v.string()),
});
