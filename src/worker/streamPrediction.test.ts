import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { writePredictions } from '../data/exportTable.ts';
import type { TitleBlock } from '../data/textStream.ts';
import { RungError } from '../shared/errors.ts';
import type { StreamProgress } from '../shared/streamedFile.ts';
import { packStrings, unpackStrings, type PackedStrings } from '../shared/strings.ts';
import { TitleCache } from './streamCache.ts';
import { predictStream, type StreamOptions } from './streamPrediction.ts';

const labelNames = ['Staff', '=Chief', 'Owner'];
const thresholds = [0.5, 0.4, 0.9];

/** Probabilities that depend on the title alone. */
function probabilitiesOf(title: string): number[] {
  let hash = 7;
  for (let i = 0; i < title.length; i++) hash = (Math.imul(hash, 31) + title.charCodeAt(i)) >>> 0;
  return labelNames.map((_, label) => ((hash >>> (label * 8)) & 255) / 255);
}

async function* blocksOf(titles: readonly string[], size: number): AsyncGenerator<TitleBlock> {
  for (let at = 0; at < titles.length; at += size) {
    yield { titles: titles.slice(at, at + size), bytes: Math.min(titles.length, at + size) };
  }
}

async function run(change: Partial<StreamOptions> & Pick<StreamOptions, 'titles'>) {
  const asked: string[] = [];
  const told: StreamProgress[] = [];
  let text = '';
  const options: StreamOptions = {
    labelNames,
    thresholds,
    predict: async (titles: PackedStrings) => {
      const list = unpackStrings(titles);
      asked.push(...list);
      return Float32Array.from(list.flatMap(probabilitiesOf));
    },
    write: async (more) => void (text += more),
    onProgress: (progress) => told.push(progress),
    signal: new AbortController().signal,
    ...change,
  };
  const outcome = await predictStream(options).catch((error: unknown) => error);
  return { outcome, asked, told, text: () => text };
}

async function csvInOnePiece(titles: string[]): Promise<string> {
  const probabilities = Float32Array.from(titles.flatMap(probabilitiesOf));
  const blob = await writePredictions({ titles: packStrings(titles), labelNames, thresholds, probabilities }, 'csv');
  return `\ufeff${await blob.text()}`.replace(/^\ufeff+/, '\ufeff');
}

const nasty = ['=1+1', 'Müller 😀', 'A "quoted", one', '', 'two\nlines', 'Nurse'];
const many = Array.from({ length: 5000 }, (_, i) => `${nasty[i % nasty.length]}${i % 7}`);

/** 200,000 rows, every other title new. */
async function* manyRows(): AsyncGenerator<TitleBlock> {
  for (let block = 0; block < 200; block++) {
    // As a file gives them: parts of one long string.
    const text = Array.from(
      { length: 1000 },
      (_, i) => `Title number ${i % 2 ? i : block * 1000 + i} of the file`,
    ).join('\n');
    yield { titles: text.split('\n'), bytes: block };
  }
}

describe('predictStream', () => {
  it('writes the same CSV as a small file gets, and asks for each title once', async () => {
    const { outcome, asked, told, text } = await run({ titles: blocksOf(many, 999) });
    expect(text()).toBe(await csvInOnePiece(many));
    expect(asked.toSorted()).toEqual([...new Set(many)].toSorted());
    expect(outcome).toMatchObject({ rows: 5000, computed: new Set(many).size, bytes: 5000 });
    const last = told.at(-1)!;
    const carried = many.map((title) => probabilitiesOf(title).map((p, label) => Math.fround(p) >= thresholds[label]));
    expect(last.labels).toEqual(labelNames.map((_, label) => carried.filter((row) => row[label]).length));
    expect(last.none).toBe(carried.filter((row) => !row.includes(true)).length);
  });

  it('gives cells without a title no answer', async () => {
    const titles = ['Nurse', '', '  ', 'Nurse'];
    const { outcome, asked, told, text } = await run({ titles: blocksOf(titles, 2) });
    expect(asked).toEqual(['Nurse']);
    expect(text().split('\r\n').slice(2, 4)).toEqual([',,,,', '"  ",,,,']);
    expect(text()).toBe(await csvInOnePiece(titles));
    expect(outcome).toMatchObject({ rows: 4, computed: 1 });
    expect(told.at(-1)?.none).toBeGreaterThanOrEqual(2);
  });

  it('a file without rows becomes a table with a header alone', async () => {
    const { text, asked } = await run({ titles: blocksOf([], 1) });
    expect(text()).toBe("\ufeffTitle,Labels,Staff,'=Chief,Owner\r\n");
    expect(asked).toEqual([]);
  });

  it('keeps whole rows when it is stopped, and reads no further', async () => {
    const abort = new AbortController();
    const different = many.map((title, i) => `${title} ${i}`);
    let read = 0;
    const titles = (async function* counted() {
      for await (const block of blocksOf(different, 100)) {
        read += block.titles.length;
        yield block;
      }
    })();
    const { outcome, told, text } = await run({ titles, signal: abort.signal, onProgress: () => abort.abort() });
    expect(outcome).toMatchObject({ code: 'aborted' });
    expect(told).toEqual([]);
    const rows = 256;
    expect(text()).toBe(await csvInOnePiece(different.slice(0, rows)));
    expect(read).toBeLessThan(rows + 8192 + 100);
  });

  it('keeps what was written when the model fails', async () => {
    const different = many.map((title, i) => `${title} ${i}`);
    let calls = 0;
    const predict = async (titles: PackedStrings) => {
      if (++calls === 2) throw new RungError('device-lost', 'The device is gone.');
      return Float32Array.from(unpackStrings(titles).flatMap(probabilitiesOf));
    };
    const { outcome, told, text } = await run({ titles: blocksOf(different, 500), predict });
    expect(outcome).toMatchObject({ code: 'device-lost' });
    expect(text()).toBe(await csvInOnePiece(different.slice(0, told.at(-1)!.rows)));
  });

  it('holds as much for 200,000 rows as for 20,000', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held: number[] = [];
    const { outcome } = await run({
      titles: manyRows(),
      cache: new TitleCache(labelNames.length, 5000),
      predict: async (titles) => new Float32Array((titles.offsets.length - 1) * labelNames.length),
      write: async () => undefined,
      onProgress: ({ rows: done }) => {
        if (done < 20_000 * (held.length + 1)) return;
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        held.push((heapUsed + arrayBuffers) / 2 ** 20);
      },
    });
    expect(outcome).toMatchObject({ rows: 200_000 });
    expect(held.length).toBeGreaterThan(8);
    expect(Math.max(...held) - held[0]).toBeLessThan(8);
  });
});

describe('TitleCache', () => {
  it('forgets what was not seen for long, and keeps what comes back', () => {
    const cache = new TitleCache(2, 3);
    const seen = (title: string): void => {
      if (!cache.find(title)) cache.add(title, Float32Array.of(title.length, 1));
    };
    for (const title of ['often', 'b', 'c', 'often', 'd', 'often', 'e', 'f', 'often', 'g', 'h']) seen(title);
    expect([...(cache.find('often') ?? [])]).toEqual([5, 1]);
    expect(cache.find('b')).toBeNull();
    expect([...(cache.find('h') ?? [])]).toEqual([1, 1]);
  });

  it('forgets by letters too', () => {
    const cache = new TitleCache(1);
    for (let i = 0; i < 6; i++) cache.add(`${i}`.repeat(3_000_000), Float32Array.of(i));
    expect(cache.find('0'.repeat(3_000_000))).toBeNull();
    expect(cache.find('5'.repeat(3_000_000))?.[0]).toBe(5);
  });
});
