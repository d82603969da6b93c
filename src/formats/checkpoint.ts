/**
 * The weights of a Hugging Face folder, whichever way it keeps them: safetensors or PyTorch's own files, in one file or in several
 * ("shards") with an index that says which tensor lies where.
 */
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { furtherMembers, memberFile } from '../shared/members.ts';
import { readPytorch } from './pytorch.ts';
import { readSafetensors } from './safetensors.ts';

/** File name -> content, not yet read: a folder whose large files stay where they are. */
export type ModelFolder = Map<string, Blob>;

interface WeightsKind {
  single: string;
  index: string;
  shard: RegExp;
  read: (file: Blob, fileName: string) => Promise<NamedArrays>;
}

/** The best first: safetensors hold nothing but numbers. */
const kinds: readonly WeightsKind[] = [
  {
    single: 'model.safetensors',
    index: 'model.safetensors.index.json',
    shard: /^model-\d{1,6}-of-\d{1,6}\.safetensors$/,
    read: readSafetensors,
  },
  {
    single: 'pytorch_model.bin',
    index: 'pytorch_model.bin.index.json',
    shard: /^pytorch_model-\d{1,6}-of-\d{1,6}\.bin$/,
    read: readPytorch,
  },
];

/** No real index comes near. */
const maxIndexBytes = 25_000_000;

const hint = 'Download the missing file into the folder and drop all of it again, or choose another model.';

/** Of the names in a folder those that hold the weights, an index before its shards, the further models of an ensemble last; empty where there are none. */
export function weightFiles(names: readonly string[]): string[] {
  for (const { single, index, shard } of kinds) {
    if (names.includes(single)) return [single, ...(single === memberFile(0) ? furtherMembers(names) : [])];
    if (names.includes(index)) return [index, ...names.filter((name) => shard.test(name))];
  }
  return [];
}

/** The further models of an ensemble, each with the name of its file; empty where there is one model. */
export function readFurtherMembers(folder: ModelFolder): Promise<{ weights: NamedArrays; from: string }[]> {
  const files = folder.has(memberFile(0)) ? furtherMembers([...folder.keys()]) : [];
  return Promise.all(
    files.map(async (from) => ({ weights: await readSafetensors(folder.get(from) ?? new Blob(), from), from })),
  );
}

export interface Checkpoint {
  /** Every float tensor as float32, under the name that it has in the file. */
  weights: NamedArrays;
  /** What they were read from, for messages: the file, or the index of several. */
  from: string;
  /** Of the files, all together. */
  bytes: number;
}

/**
 * Reads all weights of a folder, tensor by tensor.
 * @throws RungError `package-incomplete` where there are none or a shard is missing; others as the readers of the formats.
 */
export async function readCheckpoint(folder: ModelFolder): Promise<Checkpoint> {
  for (const kind of kinds) {
    const file = folder.get(kind.single);
    if (file) return { weights: await kind.read(file, kind.single), from: kind.single, bytes: file.size };
    const index = folder.get(kind.index);
    if (index) return readShards(folder, kind, index);
  }
  const message = `Reading a model: there are no weights in it (${kinds.map(({ single }) => single).join(' or ')}).`;
  throw new RungError('package-incomplete', message, 'Drop the whole Hugging Face folder, or a zip of it.');
}

async function readShards(folder: ModelFolder, kind: WeightsKind, index: Blob): Promise<Checkpoint> {
  const fileOf = await readIndex(index, kind);
  const shards = [...new Set(fileOf.values())];
  // Looked for first: reading gigabytes up to the one that is missing would be time lost.
  const missing = shards.filter((name) => !folder.has(name));
  if (missing.length > 0) {
    const message = `Reading ${kind.index}: it names ${shards.length} files, of which ${missing.slice(0, 3).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`;
    throw new RungError('package-incomplete', message, hint);
  }
  const weights: NamedArrays = new Map();
  let bytes = 0;
  for (const name of shards) {
    const file = folder.get(name) ?? new Blob();
    bytes += file.size;
    for (const [tensor, array] of await kind.read(file, name)) {
      // A tensor that the index puts elsewhere, or does not know, is not this shard's to give.
      if (fileOf.get(tensor) === name) weights.set(tensor, array);
    }
  }
  return { weights, from: kind.index, bytes };
}

/** Tensor name -> file name. */
async function readIndex(index: Blob, { index: fileName, shard }: WeightsKind): Promise<Map<string, string>> {
  const damaged = (what: string, cause?: unknown): RungError =>
    new RungError('weights-corrupt', `Reading ${fileName}: ${what}`, 'Download the file again.', { cause });
  if (index.size > maxIndexBytes) throw damaged(`it has ${index.size} bytes, at most ${maxIndexBytes} are expected.`);
  let json: unknown;
  try {
    json = JSON.parse(await index.text());
  } catch (thrown) {
    throw damaged(`it is not valid JSON (${thrown instanceof Error ? thrown.message : String(thrown)}).`, thrown);
  }
  const map: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'weight_map') : undefined;
  if (typeof map !== 'object' || map === null) throw damaged('expected an object "weight_map".');
  const fileOf = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== 'string' || !shard.test(file)) {
      throw damaged(
        `tensor ${JSON.stringify(tensor.slice(0, 80))} is said to be in ${JSON.stringify(file)}, which is no name of a shard.`,
      );
    }
    fileOf.set(tensor, file);
  }
  if (fileOf.size === 0) throw damaged('its "weight_map" is empty.');
  return fileOf;
}
