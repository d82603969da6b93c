/** The page that `npm run eval -- --recipe onet-matching` opens: the app's own workers, without its interface. */
import { defaultMatchingConfig, type MatchingConfig, type MatchingResult } from '../../src/shared/matching.ts';
import type { Backend, DeviceReport } from '../../src/shared/training.ts';
import { connectData, connectEngine } from '../../src/worker/client.ts';

export interface MatchingRequest {
  files: { name: string; bytes: string }[];
  encoder: string;
  backend: Backend;
  /** Overrides of the app's default settings. */
  config: Partial<MatchingConfig>;
}

export interface MatchingAnswer extends MatchingResult {
  device: DeviceReport;
  notes: string[];
}

const baseUrl = new URL('../../', document.baseURI).href;
const fail = (error: Error): void => console.error(`worker: ${error.message}`);
/** Milliseconds between two lines on how far the training is. */
const apart = 15_000;

async function evaluateMatching({ files, encoder, backend, config }: MatchingRequest): Promise<MatchingAnswer> {
  const data = connectData(baseUrl, fail);
  const engine = connectEngine(baseUrl, fail);
  const read = files.map(({ name, bytes }) => {
    return new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], name);
  });
  const { taxonomy, notes } = await data.readTaxonomy(read, null, () => undefined);
  const device = await engine.device(backend);
  const source = { kind: 'shipped', id: encoder } as const;
  const opened = await engine.matching.open(taxonomy, source, () => undefined);
  console.log(`${opened.entries} entries embedded in ${opened.seconds.toFixed(1)} s`);
  let last = performance.now();
  const request = { config: { ...defaultMatchingConfig, ...config }, name: 'eval', encoderName: encoder, lock: 'eval' };
  const result = await engine.matching.finetune(request, (event) => {
    if (performance.now() - last < apart) return;
    last = performance.now();
    console.log(JSON.stringify(event));
  });
  return { ...result, device, notes };
}

Object.assign(window, { evaluateMatching });
