/** A model's weights on the device: predictions from them, and the way back to plain arrays. What training and prediction share. */
import { tensor, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { allocating, putOnDevice, recoverMemory } from '../kernels/allocation.ts';
import { keepAll } from '../kernels/device.ts';
import {
  classify,
  embedTitles,
  fuseParameters,
  parameterShapes,
  positionTable,
  splitParameters,
  wordTable,
  type ForwardOptions,
  type ModelConfig,
} from '../models/model.ts';
import { packTitles, uploadBatch, type PackedBatch, type TableRows } from '../nn/packedBatch.ts';
import type { NamedArray, NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { predictionBatches } from './batches.ts';
import { nextTask } from './eventLoop.ts';
import { RowTable, type CoveringRows } from './rowTable.ts';

/** [B, width] of a batch. */
type ForwardPass = (
  config: ModelConfig,
  parameters: Record<string, Tensor>,
  batch: PackedBatch,
  options: ForwardOptions,
) => Tensor2D;

/** Tokens a batch of prediction, as long as there is memory for them. */
const predictionTokens = 2048;

export class DeviceModel {
  readonly config: ModelConfig;
  readonly words: RowTable;
  /** Null for a model without position embeddings. */
  readonly positions: RowTable | null;
  /** All parameters but the tables, named as by `fuseParameters`. */
  readonly dense: Map<string, Tensor>;
  private batchTokens = predictionTokens;

  /** @throws RungError `weights-mismatch` when a parameter is missing or of another shape. */
  constructor(config: ModelConfig, weights: NamedArrays) {
    this.config = config;
    checkWeights(config, weights);
    const positions = positionTable(config);
    const tables = new Set([wordTable(config), positions]);
    this.words = new RowTable(weights.get(wordTable(config))!);
    this.positions = positions === null ? null : new RowTable(weights.get(positions)!);
    const dense = [...fuseParameters(config, weights)].filter(([name]) => !tables.has(name));
    const tensors = keepAll(() =>
      Object.fromEntries(dense.map(([name, array]): [string, Tensor] => [name, tensor(array.data, array.shape)])),
    );
    this.dense = new Map(Object.entries(tensors));
  }

  /** Puts the table rows on the device that titles with these token ids, of at most `longest` tokens, are trained with. */
  loadRows(ids: Iterable<number>, longest: number): void {
    this.words.load(ids);
    this.positions?.load(this.positionRows(longest));
  }

  /** Table rows of the positions of a title. */
  positionRows(length: number): number[] {
    return Array.from({ length }, (_, i) => this.config.firstPosition + i);
  }

  /** How ids map to the rows that are on the device for training. */
  get trainingRows(): TableRows {
    const { words, positions } = this;
    return { wordRow: words.placeOf, words: words.tensor.shape[0], positions: positions?.tensor.shape[0] ?? 0 };
  }

  /** The parameters that are trained, by name, with the table rows that are on the device. */
  trainingParameters(): Record<string, Tensor> {
    return this.parameterRecord(this.words.tensor, this.positions?.tensor ?? null);
  }

  /** What one step's weight decay does to the table rows that are not on the device. */
  decayRows(factor: number): void {
    this.words.decay *= factor;
    if (this.positions) this.positions.decay *= factor;
  }

  /**
   * Logits, titles x labels in the order given, dropout off.
   * @throws RungError when an id or a length is out of range; `aborted` soon after `signal` is.
   */
  logits(
    titles: TokenisedTitles,
    onProgress?: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    return this.forward(classify, this.config.labels, titles, onProgress, signal);
  }

  /** Embeddings, titles x hidden size (see `embedTitles`); errors as with `logits`. */
  embeddings(
    titles: TokenisedTitles,
    onProgress?: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    return this.forward(embedTitles, this.config.dim, titles, onProgress, signal);
  }

  /** What a forward pass gives of each title: titles x width. */
  private async forward(
    pass: ForwardPass,
    width: number,
    titles: TokenisedTitles,
    onProgress?: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    const total = titles.starts.length - 1;
    const result = new Float32Array(total * width);
    if (total === 0) return result;
    const longest = checkTitles(this.config, titles);
    const { words, positions } = this.tablesFor(titles, longest);
    const rows = {
      wordRow: words.placeOf,
      words: words.tensor.shape[0],
      positions: positions?.tensor.shape[0] ?? 0,
    };
    const parameters = this.parameterRecord(words.tensor, positions?.tensor ?? null);
    let left = predictionBatches(titles.starts, this.batchTokens);
    let done = 0;
    try {
      await putOnDevice(Object.values(parameters));
      while (left.length > 0) {
        // WebAssembly reads without waiting: messages get in here, the one that aborts among them.
        await nextTask();
        if (signal?.aborted) throw new RungError('aborted', `Prediction was stopped after ${done} of ${total} titles.`);
        const [indices] = left;
        const values = await this.forwardOf(pass, titles, indices, parameters, rows);
        if (!values) {
          const titlesLeft = Uint32Array.from(left.flatMap((batch) => Array.from(batch)));
          left = predictionBatches(titles.starts, this.batchTokens, titlesLeft);
          continue;
        }
        left.shift();
        for (const [i, title] of indices.entries()) {
          result.set(values.subarray(i * width, (i + 1) * width), title * width);
        }
        done += indices.length;
        onProgress?.(done, total);
      }
    } finally {
      words.tensor.dispose();
      positions?.tensor.dispose();
    }
    return result;
  }

  /** The same of the titles at `indices`; null when there was no memory for them: fewer are to be tried then (`batchTokens`). */
  private async forwardOf(
    pass: ForwardPass,
    titles: TokenisedTitles,
    indices: Uint32Array,
    parameters: Record<string, Tensor>,
    rows: TableRows,
  ): Promise<Float32Array | null> {
    const { config } = this;
    let output: Tensor | null = null;
    try {
      const { value, settled } = allocating(() =>
        tidy(() => {
          const batch = uploadBatch(packTitles(titles, indices, rows), rows, false);
          return pass(config, parameters, batch, { training: false, seed: 0 });
        }),
      );
      output = value;
      if (settled) await settled;
      return await output.data<'float32'>();
    } catch (thrown) {
      output?.dispose();
      output = null;
      const shortage = await recoverMemory(thrown);
      if (indices.length === 1) throw shortage;
      const tokens = indices.reduce((sum, i) => sum + titles.starts[i + 1] - titles.starts[i], 0);
      this.batchTokens = Math.ceil(tokens / 2);
      return null;
    } finally {
      output?.dispose();
    }
  }

  /** Tables for the prediction of `titles`; the caller disposes of both tensors. */
  private tablesFor(titles: TokenisedTitles, longest: number): { words: CoveringRows; positions: CoveringRows | null } {
    const words = this.words.covering(titles.ids);
    try {
      return { words, positions: this.positions?.covering(this.positionRows(longest)) ?? null };
    } catch (thrown) {
      words.tensor.dispose();
      throw thrown;
    }
  }

  /** The parameters by name, with these tables. */
  parameterRecord(words: Tensor, positions: Tensor | null): Record<string, Tensor> {
    const record = { ...Object.fromEntries(this.dense), [wordTable(this.config)]: words };
    const table = positionTable(this.config);
    return table && positions ? { ...record, [table]: positions } : record;
  }

  /** All parameters under their Hugging Face names, tables whole. */
  async read(): Promise<NamedArrays> {
    const fused: NamedArrays = new Map();
    fused.set(wordTable(this.config), await this.words.read());
    const table = positionTable(this.config);
    if (table && this.positions) fused.set(table, await this.positions.read());
    for (const [name, array] of await Promise.all(Array.from(this.dense, readArray))) fused.set(name, array);
    return splitParameters(this.config, fused);
  }

  dispose(): void {
    this.words.dispose();
    this.positions?.dispose();
    for (const parameter of this.dense.values()) parameter.dispose();
    this.dense.clear();
  }
}

async function readArray([name, parameter]: [string, Tensor]): Promise<[string, NamedArray]> {
  const data = Float32Array.from(await parameter.data<'float32'>());
  return [name, { shape: [...parameter.shape], data }];
}

function checkWeights(config: ModelConfig, weights: NamedArrays): void {
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    const found = weights.get(name);
    if (found && found.shape.join() === shape.join()) continue;
    const message = `Loading weights: ${name} must be [${shape.join()}], found ${found ? `[${found.shape.join()}]` : 'none'}.`;
    throw new RungError('weights-mismatch', message, 'Use the config.json that belongs to these weights.');
  }
}

/** Returns the longest length. */
export function checkTitles(config: ModelConfig, titles: TokenisedTitles): number {
  let longest = 0;
  for (let i = 0; i + 1 < titles.starts.length; i++) {
    const length = titles.starts[i + 1] - titles.starts[i];
    if (length < 1 || length > config.maxPositions) {
      const message = `Title ${i + 1} has ${length} tokens; the model takes 1 to ${config.maxPositions}.`;
      throw new RungError('internal', message, 'Lower the number of tokens that titles are cut to.');
    }
    longest = Math.max(longest, length);
  }
  const wrong = titles.ids.find((id) => id < 0 || id >= config.vocabSize);
  if (wrong !== undefined) {
    const message = `Token ${wrong} is outside the model's vocabulary of ${config.vocabSize}.`;
    throw new RungError('weights-mismatch', message, 'Use the tokenizer that belongs to these weights.');
  }
  return longest;
}
