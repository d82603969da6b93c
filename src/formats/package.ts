/**
 * A Hugging Face model folder as files in memory: read from a dropped zip or from dropped files, written as one zip. Only the files that
 * a model needs are unpacked, whatever else lies beside them.
 */
import { zipSync, type Zippable } from 'fflate';
import { RungError } from '../shared/errors.ts';
import { listZip, looksLikeZip } from '../shared/zip.ts';

/** File name -> content; names have no folder. */
export type ModelFiles = Map<string, Uint8Array>;

const textFiles = new Set([
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'rung.json',
  'README.md',
]);
const weightsFile = 'model.safetensors';

/** Unpacked, all files together. */
const maxTotalBytes = 2 * 1024 ** 3;
/** The largest tokenizer.json of the Hub are about 30 MB. */
const maxTextBytes = 100 * 1024 ** 2;
const maxEntries = 10_000;

const dropHint =
  'Drop a whole Hugging Face folder or a zip of it: config.json, model.safetensors and tokenizer.json are needed.';

/** One file that may belong to a model, not read yet. */
interface Candidate {
  path: string;
  size: number;
  read(): Promise<Uint8Array>;
}

/**
 * Reads what the user dropped: one zip, or the files of a folder.
 * @throws RungError `package-incomplete` naming what is missing and what was found; others as `readModelZip`.
 */
export async function readModelFiles(files: readonly File[]): Promise<ModelFiles> {
  const [first] = files;
  if (files.length === 1 && !isModelFile(first.name)) {
    if (first.size === 0) {
      throw new RungError('file-empty', `Reading ${first.name}: the file is empty (0 bytes).`, dropHint);
    }
    if (!looksLikeZip(new Uint8Array(await first.slice(0, 4).arrayBuffer()))) {
      const message = `Reading ${first.name}: expected a zip of a model folder, but its first bytes are not those of a zip.`;
      throw new RungError('file-unsupported', message, dropHint);
    }
    return readModelZip(first, first.name);
  }
  const candidates = files.map((file) => ({
    path: file.webkitRelativePath || file.name,
    size: file.size,
    read: async () => new Uint8Array(await file.arrayBuffer()),
  }));
  return readCandidates(candidates, files.length === 0 ? 'nothing' : 'the dropped files');
}

/**
 * Reads a zip that holds a model folder, at the top or one or more folders down.
 * @throws RungError `file-corrupt`, `file-encrypted`, `file-unsupported`, `file-too-large` or `package-incomplete`, naming the file.
 */
export async function readModelZip(zip: Uint8Array | Blob, fileName: string): Promise<ModelFiles> {
  const entries = await listZip(zip, fileName, maxEntries);
  return readCandidates(
    entries.filter(({ path }) => isSafePath(path)),
    fileName,
  );
}

/** One zip of all files, weights stored as they are: they hardly shrink, and storing takes no time. */
export function writeModelZip(files: ModelFiles): Uint8Array<ArrayBuffer> {
  const content: Zippable = {};
  for (const [name, bytes] of files) {
    content[name] = [bytes, { level: name.endsWith('.safetensors') ? 0 : 6 }];
  }
  return zipSync(content);
}

function isModelFile(name: string): boolean {
  return textFiles.has(name) || /\.(safetensors|bin|json|h5|onnx|txt)$/i.test(name);
}

/** Nothing is written to a disk, but a path that tries to leave its folder is not one of a model. */
function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return !path.startsWith('/') && !parts.includes('..') && parts[0] !== '__MACOSX' && !/^[A-Za-z]:/.test(path);
}

async function readCandidates(candidates: readonly Candidate[], from: string): Promise<ModelFiles> {
  const folder = modelFolder(candidates, from);
  const here = candidates.filter(({ path }) => folderOf(path) === folder);
  const names = here.map(({ path }) => path.slice(folder.length));
  checkComplete(names, from);
  const wanted = here.filter((_, i) => textFiles.has(names[i]) || names[i] === weightsFile);
  checkSizes(wanted, from);
  const files: ModelFiles = new Map();
  for (const candidate of wanted) {
    const name = candidate.path.slice(folder.length);
    if (files.has(name)) {
      const message = `Reading ${from}: there are two files named ${name}.`;
      throw new RungError('package-incomplete', message, 'Drop the files of one model folder, without its subfolders.');
    }
    files.set(name, await candidate.read());
  }
  return files;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The topmost folder with a config or weights in it; Hugging Face folders have further ones below (`onnx/`, `1_Pooling/`). */
function modelFolder(candidates: readonly Candidate[], from: string): string {
  for (const test of [
    /(^|\/)config\.json$/,
    /\.safetensors$/,
    /(^|\/)(tokenizer\.json|vocab\.txt|pytorch_model\.bin)$/,
  ]) {
    const folders = [...new Set(candidates.filter(({ path }) => test.test(path)).map(({ path }) => folderOf(path)))];
    const depths = folders.map((folder) => folder.split('/').length);
    const topmost = folders.filter((_, i) => depths[i] === Math.min(...depths));
    if (topmost.length > 1) {
      const message = `Reading ${from}: it holds several models: ${topmost.slice(0, 5).join(', ')}.`;
      throw new RungError('package-incomplete', message, 'Drop one model folder at a time.');
    }
    if (topmost.length === 1) return topmost[0];
  }
  const found = candidates.slice(0, 5).map(({ path }) => path);
  const message = `Reading ${from}: there is no model in it. Found: ${listed(found, candidates.length)}.`;
  throw new RungError('package-incomplete', message, dropHint);
}

function listed(names: string[], total: number): string {
  if (total === 0) return 'nothing';
  const shown = names.slice(0, 5).map((name) => (name.length > 60 ? `${name.slice(0, 57)}...` : name));
  return shown.join(', ') + (total > shown.length ? ` and ${total - shown.length} more` : '');
}

function checkComplete(names: string[], from: string): void {
  const has = (name: string): boolean => names.includes(name);
  const missing: string[] = [];
  if (!has('config.json')) missing.push('the architecture (config.json)');
  if (!has(weightsFile)) missing.push(`the weights (${weightsFile})`);
  if (!has('tokenizer.json') && !has('vocab.txt') && !(has('vocab.json') && has('merges.txt'))) {
    missing.push('the tokeniser (tokenizer.json)');
  }
  if (missing.length === 0) return;
  const message = `Reading ${from}: it lacks ${missing.join(' and ')}. Found: ${listed(names, names.length)}.`;
  throw new RungError('package-incomplete', message, has(weightsFile) ? dropHint : weightsHint(names));
}

function weightsHint(names: string[]): string {
  if (names.some((name) => /^model-\d+-of-\d+\.safetensors$/.test(name))) {
    return 'The weights are in several parts: save them again in one with model.save_pretrained(folder, max_shard_size="10GB").';
  }
  const other = names.find((name) => /\.(bin|h5|onnx|msgpack|pt|safetensors)$/.test(name));
  if (other)
    return `Weights are read from ${weightsFile}, not from ${other}: save them with model.save_pretrained(folder).`;
  return dropHint;
}

function checkSizes(wanted: readonly Candidate[], from: string): void {
  let total = 0;
  for (const { path, size } of wanted) {
    total += size;
    if (size > maxTextBytes && !path.endsWith(weightsFile)) {
      const message = `Reading ${from}: ${path} has ${size} bytes, at most ${maxTextBytes} are expected.`;
      throw new RungError('file-too-large', message, 'Use the file that belongs to the model.');
    }
  }
  if (total > maxTotalBytes) {
    const message = `Reading ${from}: the model unpacks to ${total} bytes, more than the ${maxTotalBytes} that fit in a browser.`;
    throw new RungError('file-too-large', message, 'Use a smaller model.');
  }
}
