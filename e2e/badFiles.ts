/** Files that people really drop and that cannot be trained on, made here byte by byte. */
import { strToU8, zipSync } from 'fflate';

export interface DroppedFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function file(name: string, content: string | Uint8Array): DroppedFile {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) };
}

const olePrefix = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/** An OLE container: what .xls and password-protected .xlsx files are, told apart by the name of a stream. */
export function oleFile(name: string, stream: string): DroppedFile {
  const bytes = Buffer.alloc(4096);
  bytes.set(olePrefix);
  bytes.write(stream, 1024, 'utf16le');
  return file(name, bytes);
}

/** A workbook of a few hundred bytes whose sheet claims to unpack to two gigabytes. */
export function zipBomb(name: string): DroppedFile {
  const zip = Buffer.from(
    zipSync({
      '[Content_Types].xml': strToU8('<Types/>'),
      'xl/workbook.xml': strToU8('<workbook/>'),
      'xl/worksheets/sheet1.xml': strToU8('<worksheet/>'.repeat(40)),
    }),
  );
  for (
    let at = zip.indexOf('PK\u0001\u0002', 0, 'latin1');
    at >= 0;
    at = zip.indexOf('PK\u0001\u0002', at + 4, 'latin1')
  ) {
    if (zip.includes('sheet1', at)) zip.writeUInt32LE(0x80000000, at + 24);
  }
  return file(name, zip);
}

/** A model folder whose safetensors header promises more bytes than there are. */
export function lyingModel(name: string): DroppedFile {
  const header = strToU8(JSON.stringify({ 'distilbert.x': { dtype: 'F32', shape: [1000], data_offsets: [0, 4000] } }));
  const weights = new Uint8Array(8 + header.length + 16);
  new DataView(weights.buffer).setBigUint64(0, BigInt(header.length), true);
  weights.set(header, 8);
  return file(name, zipSync({ ...modelTexts, 'model.safetensors': weights }));
}

export function modelWithoutWeights(name: string): DroppedFile {
  return file(name, zipSync(modelTexts));
}

const modelTexts = {
  'config.json': strToU8(
    JSON.stringify({
      model_type: 'distilbert',
      vocab_size: 5,
      dim: 8,
      n_layers: 1,
      n_heads: 2,
      hidden_dim: 16,
      max_position_embeddings: 16,
      activation: 'gelu',
    }),
  ),
  'tokenizer.json': strToU8(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, a: 4 },
      },
    }),
  ),
};

/** Tables that must be told apart from good ones, each with the words the page must find for it. */
export const badTables: { what: string; file: DroppedFile; message: RegExp }[] = [
  { what: 'an empty file', file: file('empty.csv', ''), message: /empty/i },
  {
    what: 'a header without rows',
    file: file('header.csv', 'Title,Column 1\n'),
    message: /no rows|only a header|header/i,
  },
  { what: 'an old .xls workbook', file: oleFile('old.xls', 'Workbook'), message: /\.xls|old|97/i },
  {
    what: 'a password-protected workbook',
    file: oleFile('locked.xlsx', 'EncryptedPackage'),
    message: /password|encrypted/i,
  },
  { what: 'a PDF with the wrong name', file: file('report.xlsx', '%PDF-1.7\n%âãÏÓ\n1 0 obj'), message: /PDF/ },
  { what: 'a workbook that unpacks to over 1 GB', file: zipBomb('bomb.xlsx'), message: /1 GB|unpack/i },
];
