import { Uint8ArrayWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { strToU8, Zip, ZipPassThrough, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { RungError } from './errors.ts';
import { listZip, looksLikeZip, type ZipEntry } from './zip.ts';

const text = (content: Uint8Array | undefined): string => new TextDecoder().decode(content);

async function failure(work: Promise<unknown>): Promise<RungError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof RungError) return thrown;
  throw new Error(`expected a RungError, got ${String(thrown)}`);
}

async function only(zip: Blob | Uint8Array): Promise<ZipEntry> {
  const entries = await listZip(zip, 'x.zip', 10);
  expect(entries).toHaveLength(1);
  return entries[0];
}

/** A Blob that counts how many of its bytes are read through slices, and refuses to be read whole. */
class CountingBlob extends Blob {
  read = 0;
  override slice(start = 0, end = this.size): Blob {
    this.read += end - start;
    return super.slice(start, end);
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('read whole');
  }
}

describe('listZip', () => {
  it('lists files with paths and sizes, folders left out, and unpacks what was packed', async () => {
    const zip = zipSync({ 'a/': new Uint8Array(), 'a/b.txt': strToU8('bé'.repeat(500)), empty: new Uint8Array() });
    const entries = await listZip(zip, 'x.zip', 10);
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['a/b.txt', 1500],
      ['empty', 0],
    ]);
    expect(text(await entries[0].read())).toBe('bé'.repeat(500));
    expect(await entries[1].read()).toHaveLength(0);
  });

  it('keeps unsafe paths for the caller to judge, with forward slashes', async () => {
    const zip = zipSync({ '../up': strToU8('x'), 'C:\\a\\b': strToU8('y'), '/root': strToU8('z') });
    expect((await listZip(zip, 'x.zip', 10)).map(({ path }) => path)).toEqual(['../up', 'C:/a/b', '/root']);
  });

  it('reads a Blob in slices, only what is asked for', async () => {
    const zip = zipSync({ large: [new Uint8Array(1_000_000), { level: 0 }], small: strToU8('s') });
    const blob = new CountingBlob([zip]);
    const [large, small] = await listZip(blob, 'x.zip', 10);
    expect(text(await small.read())).toBe('s');
    expect(blob.read).toBeLessThan(200_000);
    const content = await large.read();
    expect([content.length, content.every((byte) => byte === 0)]).toEqual([1_000_000, true]);
  });

  it('gives a stored entry as a part of the Blob, and an unpacked one, both compared with their checksum', async () => {
    const zip = zipSync({ large: [new Uint8Array(1_000_000).fill(5), { level: 0 }], packed: strToU8('p'.repeat(999)) });
    const blob = new CountingBlob([zip]);
    const [large, packed] = await listZip(blob, 'x.zip', 10);
    blob.read = 0;
    const believed = await large.blob('believed');
    expect([believed.size, blob.read]).toEqual([1_000_000, 1_000_030]);
    expect(new Uint8Array(await believed.slice(999_998).arrayBuffer())).toEqual(Uint8Array.of(5, 5));
    expect(await (await large.blob()).slice(7, 9).text()).toBe('\u0005\u0005');
    expect(await (await packed.blob()).text()).toBe('p'.repeat(999));

    zip[500_000] ^= 1;
    const [damaged] = await listZip(new Blob([zip]), 'x.zip', 10);
    expect((await failure(damaged.blob())).message).toMatch(/checksum of large/);
    expect((await damaged.blob('believed')).size).toBe(1_000_000);
  });

  it('reads zip64', async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, zip64: true });
    await writer.add('a.txt', new Uint8ArrayReader(strToU8('hello')), {});
    const entry = await only(await writer.close());
    expect([entry.size, text(await entry.read())]).toEqual([5, 'hello']);
  });

  it('reads entries whose sizes follow their data, as streaming writers leave them', async () => {
    const chunks: Uint8Array[] = [];
    const zip = new Zip((_, chunk) => chunks.push(chunk));
    const part = new ZipPassThrough('a.txt');
    zip.add(part);
    part.push(strToU8('hello'), true);
    zip.end();
    expect(text(await (await only(Buffer.concat(chunks))).read())).toBe('hello');
  });

  it('stops at more entries than allowed, naming how many there are', async () => {
    const zip = zipSync(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, new Uint8Array()])));
    const error = await failure(listZip(zip, 'x.zip', 29));
    expect([error.code, error.message]).toEqual(['file-too-large', expect.stringContaining('30 files, at most 29')]);
    expect(await listZip(zip, 'x.zip', 30)).toHaveLength(30);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', strToU8('no zip at all, but long enough to be one')],
    ['a zip without its last byte', zipSync({ a: strToU8('x') }).subarray(0, -1)],
    ['its first half', zipSync({ a: strToU8('x'.repeat(99)) }, { level: 0 }).subarray(0, 80)],
  ])('names the file that is no whole zip: %s', async (_, zip) => {
    const error = await failure(listZip(zip, 'x.zip', 10));
    expect([error.code, error.message]).toEqual(['file-corrupt', expect.stringContaining('Reading x.zip')]);
  });

  it('names an encrypted entry', async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, password: 'p', zipCrypto: true });
    await writer.add('a.txt', new Uint8ArrayReader(strToU8('hello')), {});
    const error = await failure((await only(await writer.close())).read());
    expect([error.code, error.message]).toEqual(['file-encrypted', expect.stringContaining('a.txt')]);
  });

  it('reads an empty zip as no entries', async () => {
    expect(await listZip(zipSync({}), 'x.zip', 10)).toEqual([]);
  });
});

it('tells a zip by its first bytes', () => {
  expect(looksLikeZip(zipSync({ a: strToU8('x') }))).toBe(true);
  expect(looksLikeZip(zipSync({}))).toBe(true);
  expect(looksLikeZip(strToU8('PK'))).toBe(false);
  expect(looksLikeZip(strToU8('%PDF'))).toBe(false);
});
