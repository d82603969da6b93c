/**
 * From the files of a Hugging Face folder to an encoder that can be trained, and back. One path for the shipped encoder, a dropped
 * checkpoint and a stored run.
 */
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import type { FinetunedRun, TensorReport } from '../shared/training.ts';
import { readCheckpoint, readFurtherMembers, type ModelFolder } from '../formats/checkpoint.ts';
import { readSmallFiles, type ModelFiles } from '../formats/package.ts';
import {
  headNames,
  initialParameters,
  isHead,
  isPooler,
  modelNames,
  parameterShapes,
  parseModelConfig,
  type ModelConfig,
} from '../models/model.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { tokenizerJsonOfFolder } from '../text/tokenizerFiles.ts';

interface Description {
  /** The parsed config.json. */
  configJson: unknown;
  architecture: ModelConfig;
  tokenizer: Tokenizer;
  /** The folder without its weights: what an export copies its tokenizer from. */
  files: ModelFiles;
}

export interface Encoder extends Omit<Description, 'configJson'> {
  weights: NamedArrays;
  /** The further models that are averaged with it, each with the name of its file; empty where it is one model. */
  further: { weights: NamedArrays; from: string }[];
  /** Names of a trained head; null for an encoder without one. */
  labelNames: string[] | null;
  /** The head was trained to choose one label (softmax), not several. */
  oneLabelOnly: boolean;
  /** What the weights were read from, for messages. */
  weightsFrom: string;
  /** Of the weights' files. */
  bytes: number;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

/** @throws RungError naming the file when it is missing or no JSON. */
export function readJson(files: ModelFiles, name: string): unknown {
  const bytes = files.get(name);
  if (!bytes) {
    const found = [...files.keys()].join(', ') || 'nothing';
    const message = `Reading a model: ${name} is missing. Found: ${found}.`;
    throw new RungError('package-incomplete', message, 'Drop the whole Hugging Face folder, or a zip of it.');
  }
  try {
    return JSON.parse(textOf(bytes) ?? '');
  } catch (thrown) {
    const message = `Reading a model: ${name} is not valid JSON (${thrown instanceof Error ? thrown.message : ''}).`;
    throw new RungError('file-corrupt', message, 'Download the file again.', { cause: thrown });
  }
}

/**
 * All of a folder but its weights, which need not be there yet.
 * @throws RungError when a file is missing or damaged, or the model is of a type that Rung cannot run.
 */
export async function readDescription(folder: ModelFolder): Promise<Description> {
  const files = await readSmallFiles(folder);
  const configJson = readJson(files, 'config.json');
  const architecture = parseModelConfig(configJson);
  const tokenizerConfig = files.has('tokenizer_config.json') ? readJson(files, 'tokenizer_config.json') : undefined;
  const tokenizerJson = tokenizerJsonOfFolder((name) => files.get(name));
  const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig);
  // A folder with a bare vocabulary gets the tokenizer.json made from it, so that what is exported later is complete.
  if (!files.has('tokenizer.json'))
    files.set('tokenizer.json', new TextEncoder().encode(JSON.stringify(tokenizerJson)));
  if (tokenizer.vocabSize > architecture.vocabSize) {
    const message = `Reading a model: tokenizer.json knows ${tokenizer.vocabSize} tokens, config.json has rows for ${architecture.vocabSize}.`;
    throw new RungError('weights-mismatch', message, 'Use the tokenizer and the weights of the same checkpoint.');
  }
  return { configJson, architecture, tokenizer, files };
}

/**
 * Reads a folder; its weights tensor by tensor, so that hardly more than the arrays is ever in memory.
 * @throws RungError as `readDescription`, and when the weights are missing or damaged.
 */
export async function readEncoder(folder: ModelFolder): Promise<Encoder> {
  const { configJson, ...description } = await readDescription(folder);
  const { weights: stored, from: weightsFrom, bytes } = await readCheckpoint(folder);
  const weights = modelNames(description.architecture, stored);
  const hasHead = headNames(description.architecture).every((name) => weights.has(name));
  const labelNames = hasHead ? labelNamesOf(configJson) : null;
  const oneLabelOnly = fieldOf(configJson, 'problem_type') === 'single_label_classification';
  const further = (await readFurtherMembers(folder)).map(({ weights: read, from }) => ({
    weights: modelNames(description.architecture, read),
    from,
  }));
  return { ...description, weights, further, labelNames, oneLabelOnly, weightsFrom, bytes };
}

function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

function labelNamesOf(config: unknown): string[] | null {
  const id2label = fieldOf(config, 'id2label');
  if (typeof id2label !== 'object' || id2label === null) return null;
  const entries = Object.entries(id2label).map(([id, name]): [number, string] => [Number(id), String(name)]);
  return entries.toSorted(([a], [b]) => a - b).map(([, name]) => name);
}

/**
 * The encoder's weights with a head for `labelCount` labels. A head of that size in the checkpoint is kept only with `keepHead`
 * (prediction); for training on new labels it is drawn anew from `seed`. A pooler that the checkpoint lacks is drawn anew, too: `fresh`
 * names all that was, `unused` what the model has no place for.
 * @throws RungError naming every encoder tensor that is missing or has another shape.
 */
export function withHead(
  encoder: Encoder,
  labelCount: number,
  options: { keepHead: boolean; seed: number; dropout: number },
): { architecture: ModelConfig; weights: NamedArrays } & TensorReport {
  const { dropout } = options;
  const architecture = { ...encoder.architecture, labels: labelCount, dropout, attentionDropout: dropout };
  const shapes = Object.entries(parameterShapes(architecture));
  const drawn = (name: string): boolean =>
    isHead(architecture, name) ? !options.keepHead : isPooler(architecture, name) && !encoder.weights.has(name);
  const fresh = initialParameters(architecture, options.seed, drawn);
  const weights: NamedArrays = new Map();
  const wrong: string[] = [];
  for (const [name, shape] of shapes) {
    const found = fresh.get(name) ?? encoder.weights.get(name);
    if (!found) wrong.push(`${name} is missing`);
    else if (found.shape.join() !== shape.join())
      wrong.push(`${name} is [${found.shape.join()}] instead of [${shape.join()}]`);
    else weights.set(name, found);
  }
  if (wrong.length > 0) {
    const shown = wrong.slice(0, 5).join('; ') + (wrong.length > 5 ? `; and ${wrong.length - 5} more` : '');
    const message = `Reading a model: ${encoder.weightsFrom} does not fit config.json: ${shown}.`;
    throw new RungError('weights-mismatch', message, 'Use the config.json that belongs to these weights.');
  }
  const known = new Set(shapes.map(([name]) => name));
  const unused = [...encoder.weights.keys()].filter((name) => !known.has(name));
  return { architecture, weights, unused, fresh: [...fresh.keys()] };
}

/**
 * A trained classifier as it predicts: the weights of each model that is averaged, their heads kept; one, unless there are several. `unused`
 * and `fresh` are of the first.
 * @throws RungError as `withHead`
 */
export function trainedMembers(
  encoder: Encoder,
  labelCount: number,
): { architecture: ModelConfig; members: NamedArrays[] } & TensorReport {
  const options = { keepHead: true, seed: 0, dropout: 0 };
  const { weights, ...first } = withHead(encoder, labelCount, options);
  const others = encoder.further.map(
    (member) =>
      withHead({ ...encoder, weights: member.weights, weightsFrom: member.from }, labelCount, options).weights,
  );
  return { ...first, members: [weights, ...others] };
}

/**
 * The folder of a kept run, with as many models as its record says: one more may lie there when the page was closed while it was kept.
 * @throws RungError as `readEncoder`, and `package-incomplete` where there are fewer.
 */
export async function readTrained(
  folder: ModelFolder,
  { name, members }: Pick<FinetunedRun, 'name' | 'members'>,
): Promise<Encoder> {
  const encoder = await readEncoder(folder);
  const found = 1 + encoder.further.length;
  if (found >= members) return { ...encoder, further: encoder.further.slice(0, members - 1) };
  const message = `Reading the models of “${name}”: ${members} answer together, ${found} ${found === 1 ? 'was' : 'were'} kept.`;
  throw new RungError(
    'package-incomplete',
    message,
    'The browser had no room for the others. Train again, with fewer.',
  );
}
