/** The page that `npm run parity` opens: one fixture on one backend at a time, on the page's own thread. */
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { startBackend } from '../../src/kernels/backend.ts';
import type { NamedArrays } from '../../src/shared/arrays.ts';
import type { Backend } from '../../src/shared/training.ts';
import {
  compareWithFixture,
  type FixtureExpected,
  type FixtureInputs,
  type ParityFigure,
} from '../../src/testing/parity.ts';

export interface ParityRequest {
  /** Address of the fixture's folder, with the slash. */
  folder: string;
  /** Names of its files. */
  files: string[];
  backend: Backend;
}

export interface ParityAnswer {
  /** What computed. */
  device: string;
  figures: ParityFigure[];
  /** Why there are none. */
  failure: string | null;
}

async function compare({ folder, files, backend }: ParityRequest): Promise<ParityAnswer> {
  let device = backend;
  try {
    const report = await startBackend(backend, document.baseURI);
    const open = async (name: string): Promise<Response> => {
      const response = await fetch(folder + encodeURIComponent(name));
      if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
      return response;
    };
    const read = async (name: string): Promise<NamedArrays | null> => {
      const file = `${name}.safetensors`;
      return files.includes(file) ? readSafetensors(await (await open(file)).blob(), file) : null;
    };
    const config: unknown = await (await open('config.json')).json();
    const inputs = (await (await open('inputs.json')).json()) as FixtureInputs;
    const expected = (await (await open('expected.json')).json()) as FixtureExpected;
    const figures = await compareWithFixture({ config, inputs, expected, read });
    return { device: `${report.backend} (${report.name})`, figures, failure: null };
  } catch (thrown) {
    const failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { device, figures: [], failure };
  }
}

Object.assign(window, { compare });
