/** Reads the reference models (fixtures/README.md) in a browser test. */
import { readSafetensors } from '../formats/safetensors.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import type { Fixture, FixtureExpected, FixtureInputs } from './parity.ts';

export const modelFixtureNames = ['distilbert', 'bert', 'roberta', 'deberta-v2', 'deberta-v2-noshare'] as const;
export type ModelFixtureName = (typeof modelFixtureNames)[number];

const jsons = import.meta.glob<unknown>('./fixtures/{distilbert,bert,roberta,deberta-v2,deberta-v2-noshare}/*.json', {
  import: 'default',
});
const tensors = import.meta.glob<string>(
  './fixtures/{distilbert,bert,roberta,deberta-v2,deberta-v2-noshare}/*.safetensors',
  { query: '?url', import: 'default' },
);

export async function modelFixture(folder: ModelFixtureName): Promise<Fixture> {
  const json = async (name: string): Promise<unknown> => {
    const load = jsons[`./fixtures/${folder}/${name}.json`];
    if (!load) throw new Error(`No fixture ${folder}/${name}; there are ${Object.keys(jsons).join(', ')}`);
    return load();
  };
  const read = async (name: string): Promise<NamedArrays | null> => {
    const url = tensors[`./fixtures/${folder}/${name}.safetensors`];
    if (!url) return null;
    const response = await fetch(await url());
    return readSafetensors(await response.blob(), name);
  };
  const inputs = (await json('inputs')) as FixtureInputs;
  const expected = (await json('expected')) as FixtureExpected;
  return { config: await json('config'), inputs, expected, read };
}
