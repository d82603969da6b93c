/** A trained model as one page for colleagues: program, tokenizer and weights in a single HTML file. */
import type { ModelFolder } from '../formats/checkpoint.ts';
import { base64Growth, htmlPage } from '../formats/htmlPage.ts';
import { memberPrefix } from '../shared/members.ts';
import { packedBytes, packWeights, type PagePrecision } from '../formats/htmlWeights.ts';
import { parameterShapes } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { learntRowCount } from '../shared/epochs.ts';
import { RungError } from '../shared/errors.ts';
import type { ClassicalRun, FinetunedRun } from '../shared/training.ts';
import type { EncoderPayload, PagePayload } from './pagePayload.ts';
import { renewedClassicalFile } from './classicalModel.ts';
import { readJson, readTrained, trainedMembers } from './encoder.ts';

/** Weights beyond this become 8 bits, so that a page goes by mail: five averaged ones of the shipped size take 23 MB then, not 46. */
const largestHalves = 9_500_000;
/** A browser reads a page as one text, which has its limits. */
const largestPage = 200_000_000;

/** Where the program lies beside the page; the build makes it (tools/standalone.ts). */
export const programPath = 'standalone.js';

/** In what the weights of these shapes are written. @throws RungError `file-too-large` */
export function pagePrecision(shapes: readonly number[][]): PagePrecision {
  if (packedBytes(shapes, 'fp16') * base64Growth <= largestHalves) return 'fp16';
  const bytes = packedBytes(shapes, 'int8') * base64Growth;
  if (bytes <= largestPage) return 'int8';
  const message = `Writing the page: this model would take ${Math.round(bytes / 1e6)} MB in 8 bits, and a page holds at most ${largestPage / 1e6}.`;
  throw new RungError('file-too-large', message, 'Download the model instead, or train a smaller encoder.');
}

/** @throws RungError as `readEncoder` and `pagePrecision` */
export async function encoderPage(folder: ModelFolder, run: FinetunedRun, program: string): Promise<Blob> {
  const encoder = await readTrained(folder, run);
  const labels = run.data.labelNames.length;
  const { architecture, members } = trainedMembers(encoder, labels);
  const shapes = Object.values(parameterShapes(architecture));
  const precision = pagePrecision(members.flatMap(() => shapes));
  const { tensors, bytes } = packWeights(prefixed(members), precision);
  const { files } = encoder;
  const model: EncoderPayload = {
    kind: 'encoder',
    config: architecture,
    members: members.length,
    tokenizer: readJson(files, 'tokenizer.json'),
    tokenizerConfig: files.has('tokenizer_config.json') ? readJson(files, 'tokenizer_config.json') : null,
    tensors,
    maxTokens: run.config.maxTokens,
    cleaning: run.data.cleaning,
    normalisation: run.config.normalisation,
  };
  const written = precision === 'fp16' ? 'float16' : '8 bits: probabilities differ a little from the full model’s';
  return page(run, model, [`Weights in ${written}.`], program, bytes);
}

/** The weights of all models under names of their own. */
function prefixed(members: readonly NamedArrays[]): NamedArrays {
  return new Map(
    members.flatMap((weights, i) => Array.from(weights, ([name, array]) => [memberPrefix(i) + name, array] as const)),
  );
}

/** @param file the JSON it is kept as. @throws RungError `file-corrupt` */
export async function classicalPage(file: Uint8Array, run: ClassicalRun, program: string): Promise<Blob> {
  const renewed: unknown = JSON.parse(new TextDecoder().decode(renewedClassicalFile(file, run)));
  const holdsTitles = run.chosen.some(({ kind }) => kind === 'nearest neighbours');
  const facts = holdsTitles ? ['This file holds the titles that the model learnt from.'] : [];
  return page(run, { kind: 'classical', model: renewed }, facts, program, new Uint8Array());
}

function page(
  run: FinetunedRun | ClassicalRun,
  model: PagePayload['model'],
  facts: string[],
  program: string,
  weights: Uint8Array<ArrayBuffer>,
): Blob {
  const { name, thresholds } = run;
  const { labelNames } = run.data;
  const figures = run.test?.report.microF1;
  const payload: PagePayload = {
    name,
    labelNames,
    thresholds,
    facts: [
      `Trained with Rung on ${learntRowCount(run)} titles, ${new Date(run.createdAt).toISOString().slice(0, 10)}.`,
      ...(figures
        ? [
            `Micro-F1 on titles it had not seen: ${figures.value.toFixed(2)}, from ${figures.low.toFixed(2)} to ${figures.high.toFixed(2)}.`,
          ]
        : []),
      ...facts,
    ],
    model,
  };
  return htmlPage({ name, program, payload, weights });
}
