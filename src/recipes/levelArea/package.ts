/** A trained network as two files: what it is as JSON, its weights as safetensors. */
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import type { NamedArrays } from '../../shared/arrays.ts';
import { RungError } from '../../shared/errors.ts';
import type { LevelAreaModel } from '../../shared/levelArea.ts';
import { readLevelAreaModel } from '../../shared/levelAreaSchema.ts';
import { listZip, looksLikeZip } from '../../shared/zip.ts';

export const modelFileNames = { json: 'level-area.json', weights: 'level-area.safetensors' } as const;

const format = { format: 'rung-level-area', formatVersion: 1 } as const;
/** A model is far below; more would be something else. */
const mostBytes = 256 * 1024 ** 2;

export function writeModelFiles(model: LevelAreaModel, weights: Uint8Array<ArrayBuffer>): Map<string, Blob> {
  const json = `${JSON.stringify({ ...format, ...model }, null, 2)}\n`;
  return new Map([
    [modelFileNames.json, new Blob([json], { type: 'application/json' })],
    [modelFileNames.weights, new Blob([weights])],
  ]);
}

export function weightBytes(weights: NamedArrays): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, { dtype: 'F32', metadata: { format: 'pt' } });
}

/** Reads a zip of both files, or both. @throws RungError `package-incomplete`, `file-corrupt`, `file-unsupported`, `weights-corrupt`. */
export async function readModelFiles(files: readonly File[]): Promise<{ model: LevelAreaModel; weights: NamedArrays }> {
  const found = await filesOf(files);
  const missing = Object.values(modelFileNames).filter((name) => !found.has(name));
  const [json, weights] = [found.get(modelFileNames.json), found.get(modelFileNames.weights)];
  if (!json || !weights) {
    const names = [...found.keys()].slice(0, 5).join(', ') || 'nothing';
    const message = `Reading a level and area model: ${missing.join(' and ')} is missing. Found: ${names}.`;
    throw new RungError('package-incomplete', message, 'Drop the zip that was downloaded here.');
  }
  return { model: parseModel(await json.text()), weights: await readSafetensors(weights, modelFileNames.weights) };
}

function parseModel(text: string): LevelAreaModel {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    const message = `Reading ${modelFileNames.json}: it is not valid JSON (${thrown instanceof Error ? thrown.message : ''}).`;
    throw new RungError('file-corrupt', message, 'Download it again.', { cause: thrown });
  }
  const read = readLevelAreaModel(json);
  if ('model' in read) return read.model;
  throw new RungError(
    'file-corrupt',
    `Reading ${modelFileNames.json}: ${read.reason}.`,
    'Use a file of this version of Rung.',
  );
}

async function filesOf(files: readonly File[]): Promise<Map<string, Blob>> {
  const [first] = files;
  if (files.length !== 1) return new Map(files.map((file) => [baseName(file.name), file]));
  if (!looksLikeZip(new Uint8Array(await first.slice(0, 4).arrayBuffer())))
    return new Map([[baseName(first.name), first]]);
  const names = new Set<string>(Object.values(modelFileNames));
  const entries = (await listZip(first, first.name, 100)).filter(({ path }) => names.has(baseName(path)));
  const large = entries.find(({ size }) => size > mostBytes);
  if (large) throw new RungError('file-too-large', `Reading ${first.name}: ${large.path} has ${large.size} bytes.`);
  return new Map(await Promise.all(entries.map(async (entry) => [baseName(entry.path), await entry.blob()] as const)));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
