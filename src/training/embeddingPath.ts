/**
 * A logit along the straight way between two titles of equal length in the space of word embeddings, with its slopes: what integrated
 * gradients add up. The word vectors move, before position and token type are added and normalised; those stay, so that a title's words
 * alone account for the change. All points of the way are titles of one packed batch: each token of each has a row of its own in a word
 * table made for it, whose gradient then is that of every token. So nothing in the models knows of this.
 *
 * n tokens of the title   S points   H hidden size   C labels
 */
import { tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { allocating, recoverMemory } from '../kernels/allocation.ts';
import { valueAndGradients } from '../kernels/device.ts';
import { classify, wordTable } from '../models/model.ts';
import { packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { TokenisedTitles } from '../shared/arrays.ts';
import { checkTitles, type DeviceModel } from './deviceModel.ts';
import { nextTask } from './eventLoop.ts';

export interface EmbeddingPath {
  /** Token ids of the title. */
  ids: ArrayLike<number>;
  /** Those it starts from, of the same length; where they are the same, nothing moves. */
  from: ArrayLike<number>;
  /** Whose logit. */
  label: number;
}

export interface PathValues {
  /** One a point. */
  logits: Float32Array<ArrayBuffer>;
  /** Points x n: gradient with respect to the token's word vector, times the way it moves from start to end. */
  slopes: Float64Array<ArrayBuffer>;
}

/** Tokens that are read and differentiated at once, as long as there is memory for them. */
const batchTokens = 1024;

/** At each of `alphas`: 0 is the start, 1 the title. Dropout off. @throws RungError as `DeviceModel.logits`. */
export async function alongPath(model: DeviceModel, path: EmbeddingPath, alphas: Float64Array): Promise<PathValues> {
  const n = path.ids.length;
  if (path.from.length !== n) throw new Error(`alongPath: ${n} tokens, but ${path.from.length} to start from`);
  const ends = Int32Array.from([...Array.from(path.from), ...Array.from(path.ids)]);
  checkTitles(model.config, { ids: ends, starts: Uint32Array.of(0, n, 2 * n) });
  const vectors = await endVectors(model, ends, n);
  const values: PathValues = { logits: new Float32Array(alphas.length), slopes: new Float64Array(alphas.length * n) };
  let points = Math.max(1, Math.floor(batchTokens / n));
  for (let at = 0; at < alphas.length;) {
    // WebAssembly computes without waiting: messages get in here.
    await nextTask();
    const part = alphas.subarray(at, at + points);
    const found = await readPoints(model, path.label, vectors, part);
    if (!found) {
      points = Math.ceil(part.length / 2);
      continue;
    }
    values.logits.set(found.logits, at);
    values.slopes.set(found.slopes, at * n);
    at += part.length;
  }
  return values;
}

interface EndVectors {
  n: number;
  H: number;
  /** n x H */
  start: Float32Array;
  end: Float32Array;
}

async function endVectors(model: DeviceModel, ends: Int32Array, n: number): Promise<EndVectors> {
  const H = model.config.dim;
  const { tensor, placeOf } = model.words.covering(ends);
  try {
    const table = await tensor.data<'float32'>();
    const vectors = new Float32Array(2 * n * H);
    for (const [i, id] of ends.entries()) vectors.set(table.subarray(placeOf[id] * H, (placeOf[id] + 1) * H), i * H);
    return { n, H, start: vectors.subarray(0, n * H), end: vectors.subarray(n * H) };
  } finally {
    tensor.dispose();
  }
}

/** Some points; null when there was no memory for them and fewer can be tried. */
async function readPoints(
  model: DeviceModel,
  label: number,
  vectors: EndVectors,
  alphas: Float64Array,
): Promise<PathValues | null> {
  const { n } = vectors;
  const C = model.config.labels;
  const S = alphas.length;
  const made: Tensor[] = [];
  try {
    const { value, settled } = allocating(() => tidy(() => differentiate(model, label, vectors, alphas)));
    made.push(value.logits, value.gradient);
    if (settled) await settled;
    const [logits, gradient] = await Promise.all([value.logits.data<'float32'>(), value.gradient.data<'float32'>()]);
    return {
      logits: Float32Array.from({ length: S }, (_, point) => logits[point * C + label]),
      slopes: slopesOf(gradient, vectors, S * n),
    };
  } catch (thrown) {
    const shortage = await recoverMemory(thrown);
    if (S === 1) throw shortage;
    return null;
  } finally {
    for (const tensor of made) tensor.dispose();
  }
}

/** Logits [S, C] and the gradient of one label's with respect to every token's word vector [S n, H]. Inside a tidy. */
function differentiate(model: DeviceModel, label: number, vectors: EndVectors, alphas: Float64Array) {
  const { config } = model;
  const { n, H } = vectors;
  const S = alphas.length;
  const positions = model.positions?.covering(model.positionRows(n)).tensor ?? null;
  const rows = {
    wordRow: Int32Array.from({ length: S * n }, (_, i) => i),
    words: S * n,
    positions: positions?.shape[0] ?? 0,
  };
  const copies: TokenisedTitles = { ids: rows.wordRow, starts: Uint32Array.from({ length: S + 1 }, (_, i) => i * n) };
  const points = Array.from({ length: S }, (_, i) => i);
  const batch = uploadBatch(packTitles(copies, points, rows), rows, true);
  const table = tensor2d(interpolated(vectors, alphas), [S * n, H]);
  const parameters = model.parameterRecord(table, positions);
  const ofLabel = Float32Array.from({ length: S * config.labels }, (_, i) => (i % config.labels === label ? 1 : 0));
  const { value, grads } = valueAndGradients<Tensor2D>(
    (words) => classify(config, { ...parameters, [wordTable(config)]: words }, batch, { training: false, seed: 0 }),
    [table],
    tensor2d(ofLabel, [S, config.labels]),
  );
  return { logits: value, gradient: grads[0] };
}

/** Word vectors of all points, end to end: S n x H. */
function interpolated({ start, end }: EndVectors, alphas: Float64Array): Float32Array {
  const size = start.length;
  const table = new Float32Array(alphas.length * size);
  for (const [point, alpha] of alphas.entries()) {
    for (let i = 0; i < size; i++) table[point * size + i] = start[i] + alpha * (end[i] - start[i]);
  }
  return table;
}

function slopesOf(gradient: Float32Array, { start, end, H }: EndVectors, tokens: number): Float64Array<ArrayBuffer> {
  const slopes = new Float64Array(tokens);
  for (let token = 0; token < tokens; token++) {
    const at = (token * H) % start.length;
    let sum = 0;
    for (let i = 0; i < H; i++) sum += gradient[token * H + i] * (end[at + i] - start[at + i]);
    slopes[token] = sum;
  }
  return slopes;
}
