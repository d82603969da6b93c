/** Cleaning options as they stand in every file and record that keeps them: downloads, classical models, stored runs. */
import * as v from 'valibot';
import type { CleaningOptions } from './dataset.ts';

export const cleaningSchema: v.GenericSchema<CleaningOptions> = v.object({
  html: v.boolean(),
  unicode: v.boolean(),
  separators: v.boolean(),
  symbols: v.boolean(),
  lowercase: v.boolean(),
  whitespace: v.boolean(),
});
