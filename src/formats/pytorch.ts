/**
 * `pytorch_model.bin`, what `torch.save(model.state_dict(), ...)` writes since PyTorch 1.6: a zip with a pickle that describes the
 * tensors (`data.pkl`) and one stored file for each block of numbers (`data/0`, `data/1`, ...). Nothing of the pickle is run, see
 * pytorchPickle.ts; the numbers are read piece by piece. Files from before 1.6: pytorchLegacy.ts.
 */
import type { NamedArray, NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { listZip, looksLikeZip, type ZipEntry } from '../shared/zip.ts';
import { bytesPerFloat, readStrided, type FloatType } from './floats.ts';
import { readLegacy } from './pytorchLegacy.ts';
import { damaged, readPickle, type PickledStorage, type PickledTensor, type PickleValue } from './pytorchPickle.ts';

/** Two for each tensor and a few more. */
const maxEntries = 100_000;
/** That of BERT large has 60 kB. */
const maxPickleBytes = 32 * 1024 ** 2;

const floatTypes = new Map<string, FloatType>([
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['DoubleStorage', 'F64'],
]);

const saveAgain =
  'Save the model again with a current PyTorch: `model.save_pretrained(folder)` writes a model.safetensors.';

/**
 * Reads a state dict. Float tensors come back as float32 whatever their strides; a tensor that is stored twice (tied weights) is
 * one array under both names. Integer tensors and other values are left out.
 * @throws RungError `file-unsupported` for a pickle that asks for more than tensors, `weights-corrupt` or `file-corrupt` for a damaged
 * file, with the byte.
 */
export async function readPytorch(file: Blob, fileName: string): Promise<NamedArrays> {
  const { value, storages } = (await isZip(file, fileName))
    ? await readArchive(file, fileName)
    : await readOldFile(file, fileName);
  const tensors = tensorsOf(value, fileName);
  checkTotal(tensors, file.size, fileName);
  const seen = new Map<string, NamedArray>();
  const arrays: NamedArrays = new Map();
  for (const [name, tensor] of tensors) {
    const type = floatTypes.get(tensor.storage.type);
    if (!type) continue;
    const { storage, shape } = tensor;
    const view = viewOf(tensor);
    const what = `tensor ${JSON.stringify(name.slice(0, 80))} of ${fileName}`;
    checkView(tensor, what);
    let array = seen.get(view);
    if (!array) {
      const source = await storages.open(storage, type, what);
      array = { shape, data: await readStrided({ source, begin: 0, type, count: storage.count }, tensor, what) };
      seen.set(view, array);
    }
    arrays.set(name, array);
  }
  return arrays;
}

interface Saved {
  /** What was saved. */
  value: PickleValue;
  storages: Storages;
}

async function readArchive(file: Blob, fileName: string): Promise<Saved> {
  const entries = new Map((await listZip(file, fileName, maxEntries)).map((entry) => [entry.path, entry]));
  const folder = folderOf([...entries.keys()], fileName);
  await checkByteOrder(entries.get(`${folder}byteorder`), fileName);
  const value = await readDescription(entries.get(`${folder}data.pkl`), fileName);
  return { value, storages: new ZipStorages(entries, `${folder}data/`, fileName) };
}

async function readOldFile(file: Blob, fileName: string): Promise<Saved> {
  const { value, storages } = await readLegacy(file, fileName);
  const open = async ({ key }: PickledStorage, _type: FloatType, what: string): Promise<Blob> => {
    const blob = storages.get(key);
    if (!blob) throw damaged(`Reading ${what}: its numbers should be in storage ${key}, which the file does not list.`);
    return blob;
  };
  return { value, storages: { open } };
}

/** The first bytes say whether this is a file of `torch.save`, and of which age. */
async function isZip(file: Blob, fileName: string): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (looksLikeZip(head)) return true;
  if (file.size === 0) throw damaged(`Reading ${fileName}: the file is empty (0 bytes).`);
  if (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5) return false;
  const found = [...head].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const message = `Reading ${fileName}: expected a zip as torch.save writes it, but it begins with the bytes ${found}.`;
  throw new RungError('file-unsupported', message, saveAgain);
}

/** "archive/" or whatever the file was called when it was saved. */
function folderOf(paths: string[], fileName: string): string {
  const folders = paths
    .filter((path) => /^[^/]*\/data\.pkl$/.test(path))
    .map((path) => path.slice(0, -'data.pkl'.length));
  if (folders.length === 1) return folders[0];
  const found = paths.slice(0, 4).join(', ').slice(0, 200) || 'nothing';
  const message = `Reading ${fileName}: expected one data.pkl in this zip, as torch.save writes it; found ${found}.`;
  throw new RungError('file-unsupported', message, saveAgain);
}

async function checkByteOrder(entry: ZipEntry | undefined, fileName: string): Promise<void> {
  if (!entry || entry.size > 100) return;
  const order = new TextDecoder().decode(await entry.read());
  if (order.trim() === 'little') return;
  const message = `Reading ${fileName}: its numbers are stored ${JSON.stringify(order)}-endian; "little" was expected.`;
  throw new RungError('file-unsupported', message, saveAgain);
}

async function readDescription(entry: ZipEntry | undefined, fileName: string): Promise<PickleValue> {
  const size = entry?.size ?? 0;
  if (!entry || size > maxPickleBytes) {
    throw damaged(`Reading ${fileName}: data.pkl in it has ${size} bytes, at most ${maxPickleBytes} are expected.`);
  }
  // Not compared with its checksum, as torch.load does not: PyTorch can be told to save without.
  const bytes = new Uint8Array(await (await entry.blob('believed')).arrayBuffer());
  return readPickle(bytes, `${entry.path} in ${fileName}`).value;
}

/** Name -> tensor, of everything in the state dict that is one. */
function tensorsOf(value: PickleValue, fileName: string): Map<string, PickledTensor> {
  if (typeof value !== 'object' || value === null || value.kind !== 'dict') {
    const message = `Reading ${fileName}: expected a state dict (name -> tensor), found another kind of object.`;
    throw new RungError('file-unsupported', message, 'Save it with `torch.save(model.state_dict(), file)`.');
  }
  const tensors = new Map<string, PickledTensor>();
  for (const [name, item] of value.entries) {
    if (typeof item === 'object' && item?.kind === 'tensor') tensors.set(String(name), item);
  }
  if (tensors.size > 0) return tensors;
  const found = [...value.entries.keys()].slice(0, 5).join(', ').slice(0, 200) || 'nothing';
  const message = `Reading ${fileName}: its state dict holds no tensor. Found: ${found}.`;
  throw new RungError('file-unsupported', message, 'Save it with `torch.save(model.state_dict(), file)`.');
}

/** Equal for tensors that are the same numbers in the same order. */
const viewOf = ({ storage, offset, shape, strides }: PickledTensor): string =>
  JSON.stringify([storage.key, storage.type, offset, shape, strides]);

const countOf = (tensor: PickledTensor): number => tensor.shape.reduce((product, size) => product * size, 1);

/** Views of the same numbers over and over would fill the memory from a small file. */
function checkTotal(tensors: Map<string, PickledTensor>, fileBytes: number, fileName: string): void {
  const views = new Map(Array.from(tensors.values(), (tensor) => [viewOf(tensor), tensor]));
  let stored = 0;
  for (const tensor of views.values()) {
    const type = floatTypes.get(tensor.storage.type);
    if (type) stored += countOf(tensor) * bytesPerFloat[type];
  }
  if (stored <= 2 * fileBytes) return;
  throw damaged(`Reading ${fileName}: its tensors claim ${stored} bytes, but the file has ${fileBytes}.`);
}

/** A view must lie in its storage, and have no more elements than it: each number of a state dict stands for itself. */
function checkView(tensor: PickledTensor, what: string): void {
  const { storage, offset, shape, strides } = tensor;
  const count = countOf(tensor);
  if (count === 0) return;
  const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset);
  if (last < storage.count && count <= storage.count) return;
  const text = `shape [${shape.join(', ')}], strides [${strides.join(', ')}] from number ${offset}`;
  throw damaged(`Reading ${what}: ${text} reaches number ${last}, but its storage has ${storage.count}.`);
}

interface Storages {
  /** The numbers of a storage. @throws RungError when they are not there, or not as many. */
  open(storage: PickledStorage, type: FloatType, what: string): Promise<Blob>;
}

/** The files of numbers in a zip, each found and checked when it is first needed. */
class ZipStorages implements Storages {
  private readonly opened = new Map<string, Blob>();
  private readonly entries: Map<string, ZipEntry>;
  private readonly folder: string;
  private readonly fileName: string;

  constructor(entries: Map<string, ZipEntry>, folder: string, fileName: string) {
    this.entries = entries;
    this.folder = folder;
    this.fileName = fileName;
  }

  async open({ key, count }: PickledStorage, type: FloatType, what: string): Promise<Blob> {
    const path = this.folder + key;
    const entry = this.entries.get(path);
    if (!entry) throw damaged(`Reading ${what}: its numbers should be in ${path}, which is not in ${this.fileName}.`);
    const needed = count * bytesPerFloat[type];
    if (entry.size !== needed) {
      throw damaged(
        `Reading ${what}: ${count} numbers of ${type} need ${needed} bytes, but ${path} (from byte ${entry.offset}) has ${entry.size}.`,
      );
    }
    const blob = this.opened.get(key) ?? (await entry.blob('believed'));
    this.opened.set(key, blob);
    return blob;
  }
}
