/**
 * Titles on a plane by UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426; the library umap-js): of a run's embeddings about their
 * mean (a trained encoder's share a large part, which makes all of them look the same), or without a model of TF-IDF. Both are
 * reduced to their leading directions first and made of length 1, so that nearness is the cosine. Neighbours are exact.
 */
import { UMAP } from 'umap-js';
import { fitTfidfUnion, transformTfidfUnion, wordsAndCharacters } from '../baselines/tfidf.ts';
import { denseMap, reduceRows, sparseMap } from '../baselines/truncatedSvd.ts';
import { RungError } from '../shared/errors.ts';
import { Random } from '../shared/random.ts';
import { unpackStrings } from '../shared/strings.ts';
import type { MapProgress, MapRequest } from '../shared/titleMap.ts';

/** Exact neighbours of more would take minutes, and more points could not be told apart. */
export const mostPoints = 20_000;
export const fewestPoints = 20;
const directions = 32;
const neighbours = 15;
/** Rows between two reports of the search for neighbours. */
const chunkRows = 256;
/** Epochs between two reports of the layout. */
const chunkEpochs = 4;

/** Yields progress, the points with it once they are somewhere, and returns where they come to rest: x and y of each. @throws RungError */
export function* layOutTitles({
  titles,
  embeddings,
  seed,
}: MapRequest): Generator<MapProgress, Float32Array<ArrayBuffer>> {
  const rows = titles.offsets.length - 1;
  if (rows < fewestPoints || rows > mostPoints) {
    const message = `Laying out titles: expected from ${fewestPoints} to ${mostPoints} of them, got ${rows}.`;
    throw new RungError('too-few-rows', message, 'Open a table with more titles.');
  }
  yield { message: embeddings ? 'Finding the main directions' : 'Counting words', fraction: null, positions: null };
  const { reduced, kept } = embeddings
    ? reduceRows(denseMap(centred(embeddings.vectors, embeddings.dim), embeddings.dim), directions, seed)
    : reducedWords(unpackStrings(titles), seed);
  const start = reduced.slice();
  normalise(reduced, kept);
  const knn = yield* nearest(reduced, kept, Math.min(neighbours, rows - 1));
  yield { message: 'Weighing neighbours', fraction: null, positions: null };
  return yield* optimise(knn, startOf(start, kept), seed);
}

function centred(vectors: Float32Array, dim: number): Float32Array {
  const mean = new Float64Array(dim);
  for (let at = 0; at < vectors.length; at++) mean[at % dim] += vectors[at];
  const rows = vectors.length / dim;
  return vectors.map((value, at) => value - mean[at % dim] / rows);
}

function reducedWords(titles: readonly string[], seed: number) {
  const features = transformTfidfUnion(fitTfidfUnion(titles, wordsAndCharacters), titles);
  return reduceRows(sparseMap(features), directions, seed);
}

/** Each row divided by its length; a row of zeros stays. */
function normalise(vectors: Float32Array, width: number): void {
  for (let from = 0; from < vectors.length; from += width) {
    let squares = 0;
    for (let i = from; i < from + width; i++) squares += vectors[i] * vectors[i];
    if (squares > 0) for (let i = from; i < from + width; i++) vectors[i] /= Math.sqrt(squares);
  }
}

interface Neighbourhood {
  /** rows x (count + 1), nearest first, the row itself before them. */
  indices: number[][];
  distances: number[][];
}

/** The `count` nearest of each row of [rows, width], all of length 1, by Euclidean distance. */
export function* nearest(vectors: Float32Array, width: number, count: number): Generator<MapProgress, Neighbourhood> {
  const rows = vectors.length / width;
  // Cosines of the best so far, falling, and whose they are.
  const best = new Float32Array(rows * count).fill(-Infinity);
  const whose = new Int32Array(rows * count);
  const offer = (row: number, other: number, cosine: number): void => {
    const first = row * count;
    let at = first + count - 1;
    if (cosine <= best[at]) return;
    for (; at > first && best[at - 1] < cosine; at--) {
      best[at] = best[at - 1];
      whose[at] = whose[at - 1];
    }
    best[at] = cosine;
    whose[at] = other;
  };
  for (let row = 0; row < rows; row++) {
    const own = vectors.subarray(row * width, (row + 1) * width);
    for (let other = row + 1, at = other * width; other < rows; other++) {
      let cosine = 0;
      for (let i = 0; i < width; i++) cosine += own[i] * vectors[at++];
      offer(row, other, cosine);
      offer(other, row, cosine);
    }
    // Later rows have fewer others left: the share of pairs, not of rows.
    if (row % chunkRows === 0) {
      const left = (rows - row) / rows;
      yield { message: 'Finding neighbours', fraction: 1 - left * left, positions: null };
    }
  }
  const indices = Array.from({ length: rows }, (_, row) => [row, ...whose.subarray(row * count, (row + 1) * count)]);
  const distances = Array.from({ length: rows }, (_, row) => [
    0,
    ...best.subarray(row * count, (row + 1) * count).map((cosine) => Math.sqrt(Math.max(0, 2 - 2 * cosine))),
  ]);
  return { indices, distances };
}

/** The two leading directions, in a square of side 20, told apart a little where titles are the same. */
function startOf(reduced: Float32Array, width: number): (row: number, axis: number) => number {
  let most = 0;
  for (let at = 0; at < reduced.length; at += width)
    most = Math.max(most, Math.abs(reduced[at]), Math.abs(reduced[at + 1]));
  const random = new Random(1);
  return (row, axis) => (width > axis ? (10 * reduced[row * width + axis]) / (most || 1) : 0) + 0.01 * random.normal();
}

function* optimise(
  { indices, distances }: Neighbourhood,
  start: (row: number, axis: number) => number,
  seed: number,
): Generator<MapProgress, Float32Array<ArrayBuffer>> {
  const random = new Random(seed);
  const umap = new UMAP({ nNeighbors: indices[0].length - 1, minDist: 0.1, random: () => random.next() });
  umap.setPrecomputedKNN(indices, distances);
  // Only their number is asked for: the neighbours are known.
  const epochs = umap.initializeFit(indices);
  const points = umap.getEmbedding();
  for (const [row, point] of points.entries()) for (const axis of [0, 1]) point[axis] = start(row, axis);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    if (epoch % chunkEpochs === 0) yield { message: 'Laying out', fraction: epoch / epochs, positions: flat(points) };
  }
  return flat(points);
}

function flat(points: readonly (readonly number[])[]): Float32Array<ArrayBuffer> {
  const positions = new Float32Array(points.length * 2);
  for (const [row, [x, y]] of points.entries()) positions.set([x, y], row * 2);
  return positions;
}
