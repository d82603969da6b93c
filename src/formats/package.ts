/**
 * A Hugging Face model folder: found in a dropped zip or among dropped files, written as one zip. Only the files that a model needs
 * are taken, whatever else lies beside them, and large ones stay where they are until they are read.
 */
import { zipSync, type Zippable } from 'fflate';
import { RungError } from '../shared/errors.ts';
import { listZip, looksLikeZip } from '../shared/zip.ts';
import { weightFiles, type ModelFolder } from './checkpoint.ts';
import { furtherMembers } from '../shared/members.ts';

/** File name -> content in memory; names have no folder. */
export type ModelFiles = Map<string, Uint8Array<ArrayBuffer>>;

const textFiles = new Set([
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spm.model',
  'rung.json',
  'README.md',
]);

/** Unpacked, all files together. */
const maxTotalBytes = 4 * 1024 ** 3;
/** The largest tokenizer.json of the Hub are about 30 MB. */
const maxTextBytes = 100 * 1024 ** 2;
const maxEntries = 10_000;

const dropHint =
  'Drop a whole Hugging Face folder or a zip of it: config.json, the weights (model.safetensors or pytorch_model.bin) and tokenizer.json are needed.';

/** One file that may belong to a model, not read yet. */
interface Candidate {
  path: string;
  size: number;
  content(): Promise<Blob>;
}

/**
 * Reads what the user dropped: one zip, or the files of a folder, each named by its path in it.
 * @throws RungError `package-incomplete` naming what is missing and what was found; others as `readModelZip`.
 */
export async function readModelFiles(files: readonly File[]): Promise<ModelFolder> {
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
    path: file.name,
    size: file.size,
    content: async () => file,
  }));
  return readCandidates(candidates, files.length === 0 ? 'nothing' : 'the dropped files');
}

/**
 * Reads a zip that holds a model folder, at the top or one or more folders down.
 * @throws RungError `file-corrupt`, `file-encrypted`, `file-unsupported`, `file-too-large` or `package-incomplete`, naming the file.
 */
export async function readModelZip(zip: Blob, fileName: string): Promise<ModelFolder> {
  const entries = await listZip(zip, fileName, maxEntries);
  const candidates = entries.map((entry) => ({ path: entry.path, size: entry.size, content: () => entry.blob() }));
  return readCandidates(
    candidates.filter(({ path }) => isSafePath(path)),
    fileName,
  );
}

/** A folder in memory. */
async function readFiles(folder: ModelFolder): Promise<ModelFiles> {
  const files: ModelFiles = new Map();
  for (const [name, blob] of folder) files.set(name, new Uint8Array(await blob.arrayBuffer()));
  return files;
}

/** All but the weights: what is needed beside them to run the model, and to write it again. */
export function readSmallFiles(folder: ModelFolder): Promise<ModelFiles> {
  return readFiles(new Map([...folder].filter(([name]) => textFiles.has(name))));
}

/** One zip of all files, weights stored as they are: they hardly shrink, and storing takes no time. */
export function writeModelZip(files: ModelFiles): Uint8Array<ArrayBuffer> {
  const content: Zippable = {};
  for (const [name, bytes] of files) {
    content[name] = [bytes, { level: name.endsWith('.safetensors') ? 0 : 6 }];
  }
  return zipSync(content);
}

/** Of the names in a folder those that a model is read from: its config, its tokeniser's and its weights'. */
export function neededFiles(names: readonly string[]): string[] {
  const here = new Set(names);
  // A tokenizer.json makes the vocabulary's own files superfluous.
  const spare = here.has('tokenizer.json') ? ['vocab.txt', 'vocab.json', 'merges.txt', 'spm.model'] : [];
  const small = [...textFiles].filter((name) => here.has(name) && !spare.includes(name) && name !== 'README.md');
  // Of averaged models a training begins with the first.
  const further = furtherMembers(names);
  return [...small, ...weightFiles(names).filter((name) => !further.includes(name))];
}

function isModelFile(name: string): boolean {
  return textFiles.has(name) || /\.(safetensors|bin|json|h5|onnx|txt)$/i.test(name);
}

/** Nothing is written to a disk, but a path that tries to leave its folder is not one of a model. */
function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return !path.startsWith('/') && !parts.includes('..') && parts[0] !== '__MACOSX' && !/^[A-Za-z]:/.test(path);
}

async function readCandidates(candidates: readonly Candidate[], from: string): Promise<ModelFolder> {
  const folder = modelFolder(candidates, from);
  const here = candidates.filter(({ path }) => folderOf(path) === folder);
  const names = here.map(({ path }) => path.slice(folder.length));
  const weights = weightFiles(names);
  checkComplete(names, weights, from);
  const wanted = here.filter((_, i) => textFiles.has(names[i]) || weights.includes(names[i]));
  checkSizes(wanted, from);
  const folderFiles: ModelFolder = new Map();
  for (const candidate of wanted) {
    const name = candidate.path.slice(folder.length);
    if (folderFiles.has(name)) {
      const message = `Reading ${from}: there are two files named ${name}.`;
      throw new RungError('package-incomplete', message, 'Drop the files of one model folder, without its subfolders.');
    }
    folderFiles.set(name, await candidate.content());
  }
  return folderFiles;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The topmost folder with a config or weights in it; Hugging Face folders have further ones below (`onnx/`, `1_Pooling/`). */
function modelFolder(candidates: readonly Candidate[], from: string): string {
  for (const test of [
    /(^|\/)config\.json$/,
    /(\.safetensors|(^|\/)pytorch_model[^/]*\.bin)$/,
    /(^|\/)(tokenizer\.json|vocab\.txt|spm\.model)$/,
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

function checkComplete(names: string[], weights: string[], from: string): void {
  const has = (name: string): boolean => names.includes(name);
  const missing: string[] = [];
  if (!has('config.json')) missing.push('the architecture (config.json)');
  if (weights.length === 0) missing.push('the weights (model.safetensors)');
  const ownVocabulary = has('vocab.txt') || has('spm.model') || (has('vocab.json') && has('merges.txt'));
  if (!has('tokenizer.json') && !ownVocabulary) {
    missing.push('the tokeniser (tokenizer.json)');
  }
  if (missing.length === 0) return;
  const message = `Reading ${from}: it lacks ${missing.join(' and ')}. Found: ${listed(names, names.length)}.`;
  throw new RungError('package-incomplete', message, weights.length > 0 ? dropHint : weightsHint(names));
}

function weightsHint(names: string[]): string {
  const part = names.find((name) => /-\d+-of-\d+\.(safetensors|bin)$/.test(name));
  if (part) return `${part} is one of several parts: drop their index (a file ending in .index.json) with them.`;
  const other = names.find((name) => /\.(bin|h5|onnx|msgpack|pt|safetensors)$/.test(name));
  if (other) {
    return `Weights are read from model.safetensors or pytorch_model.bin, not from ${other}: save them with model.save_pretrained(folder).`;
  }
  return dropHint;
}

function checkSizes(wanted: readonly Candidate[], from: string): void {
  let total = 0;
  for (const { path, size } of wanted) {
    total += size;
    if (size > maxTextBytes && textFiles.has(path.slice(folderOf(path).length))) {
      const message = `Reading ${from}: ${path} has ${size} bytes, at most ${maxTextBytes} are expected.`;
      throw new RungError('file-too-large', message, 'Use the file that belongs to the model.');
    }
  }
  if (total > maxTotalBytes) {
    const message = `Reading ${from}: the model unpacks to ${total} bytes, more than the ${maxTotalBytes} that fit in a browser.`;
    throw new RungError('file-too-large', message, 'Use a smaller model.');
  }
}
