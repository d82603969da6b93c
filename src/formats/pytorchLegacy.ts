/**
 * What `torch.save` wrote before PyTorch 1.6, and writes still when asked to: no zip but five parts end to end. Four pickles (a magic
 * number, the version of the format, facts of the machine, the state dict), a pickled list of storages, then each storage as its count
 * of numbers (i64, little-endian) and the numbers. See `_legacy_save` of torch/serialization.py.
 */
import { damaged, readPickle, type PickledStorage, type PickleValue } from './pytorchPickle.ts';

const magic = Number(0x1950a86a20f9469cfc6cn);
const version = 1001;

/** The pickles of BERT large have 60 kB. */
const maxPickleBytes = 8 * 1024 ** 2;

const bytesPerNumber = new Map<string, number>(
  Object.entries({ Double: 8, Long: 8, Float: 4, Int: 4, Half: 2, BFloat16: 2, Short: 2, Char: 1, Byte: 1, Bool: 1 }),
);

export interface LegacyFile {
  /** What was saved. */
  value: PickleValue;
  /** The numbers of each storage, by its key. */
  storages: Map<string, Blob>;
}

/**
 * Reads the pickles and finds the storages; their numbers stay where they are.
 * @throws RungError `file-unsupported` for a pickle that asks for more than tensors, `weights-corrupt` with the byte.
 */
export async function readLegacy(file: Blob, fileName: string): Promise<LegacyFile> {
  const bytes = new Uint8Array(await file.slice(0, maxPickleBytes).arrayBuffer());
  let at = 0;
  const next = (what: string): ReturnType<typeof readPickle> => {
    const pickle = readPickle(bytes, `${what} in ${fileName}`, at);
    at = pickle.end;
    return pickle;
  };
  if (next('the magic number').value !== magic || next('the version').value !== version) {
    throw damaged(`Reading ${fileName}: it begins with a pickle, but not as torch.save writes it.`);
  }
  const machine = next('the facts of the machine').value;
  if (typeof machine !== 'object' || machine?.kind !== 'dict' || machine.entries.get('little_endian') !== true) {
    throw damaged(`Reading ${fileName}: its numbers are not stored little-endian, as every current machine has them.`);
  }
  const { value, storages: described } = next('the state dict');
  const keys = next('the list of storages').value;
  const order = typeof keys === 'object' && keys?.kind === 'list' ? keys.items : [];
  return { value, storages: await storagesOf(file, fileName, at, order, described) };
}

async function storagesOf(
  file: Blob,
  fileName: string,
  begin: number,
  order: readonly PickleValue[],
  described: ReadonlyMap<string, PickledStorage>,
): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>();
  let at = begin;
  for (const key of order) {
    const storage = typeof key === 'string' ? described.get(key) : undefined;
    const width = bytesPerNumber.get(storage?.type.replace('Storage', '') ?? '');
    if (!storage || width === undefined)
      throw damaged(`Reading ${fileName}: storage ${JSON.stringify(key)} is not described.`);
    const head = await file.slice(at, at + 8).arrayBuffer();
    const count = head.byteLength === 8 ? Number(new DataView(head).getBigInt64(0, true)) : Number.NaN;
    const end = at + 8 + storage.count * width;
    if (count !== storage.count || end > file.size) {
      const text = `storage ${storage.key} should hold ${storage.count} numbers from byte ${at + 8} to ${end}`;
      throw damaged(`Reading ${fileName}: ${text}; the file says ${count} and ends at byte ${file.size}.`);
    }
    found.set(storage.key, file.slice(at + 8, end));
    at = end;
  }
  return found;
}
