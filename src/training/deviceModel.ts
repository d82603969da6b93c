/** A model's weights on the device: predictions from them, and the way back to plain arrays. What training and prediction share. */
import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { keepAll } from '../kernels/device.ts';
import {
  forward,
  fuseParameters,
  parameterShapes,
  positionTable,
  splitParameters,
  wordTable,
  type DistilBertConfig,
} from '../models/distilbert.ts';
import { packTitles, uploadBatch, type TableRows } from '../nn/packedBatch.ts';
import type { NamedArray, NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { predictionBatches } from './batches.ts';
import { nextTask } from './eventLoop.ts';
import { RowTable, type CoveringRows } from './rowTable.ts';

/** Tokens a batch of prediction. */
const predictionTokens = 2048;

export class DeviceModel {
  readonly config: DistilBertConfig;
  readonly words: RowTable;
  readonly positions: RowTable;
  /** All parameters but the tables, named as by `fuseParameters`. */
  readonly dense: Map<string, Tensor>;

  /** @throws RungError `weights-mismatch` when a parameter is missing or of another shape. */
  constructor(config: DistilBertConfig, weights: NamedArrays) {
    this.config = config;
    checkWeights(config, weights);
    this.words = new RowTable(weights.get(wordTable)!);
    this.positions = new RowTable(weights.get(positionTable)!);
    const dense = [...fuseParameters(config, weights)].filter(([name]) => name !== wordTable && name !== positionTable);
    const tensors = keepAll(() =>
      Object.fromEntries(dense.map(([name, array]): [string, Tensor] => [name, tensor(array.data, array.shape)])),
    );
    this.dense = new Map(Object.entries(tensors));
  }

  /** How ids map to the rows that are on the device for training. */
  get trainingRows(): TableRows {
    const { words, positions } = this;
    return { wordRow: words.placeOf, words: words.tensor.shape[0], positions: positions.tensor.shape[0] };
  }

  /**
   * Logits, titles x labels in the order given, dropout off.
   * @throws RungError when an id or a length is out of range; `aborted` soon after `signal` is.
   */
  async logits(
    titles: TokenisedTitles,
    onProgress?: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { config } = this;
    const total = titles.starts.length - 1;
    const result = new Float32Array(total * config.labels);
    if (total === 0) return result;
    const longest = checkTitles(config, titles);
    const { words, positions } = this.tablesFor(titles, longest);
    const rows = { wordRow: words.placeOf, words: words.tensor.shape[0], positions: positions.tensor.shape[0] };
    const parameters = this.parameterRecord(words.tensor, positions.tensor);
    let done = 0;
    try {
      for (const indices of predictionBatches(titles.starts, predictionTokens)) {
        // WebAssembly reads without waiting: messages get in here, the one that aborts among them.
        await nextTask();
        if (signal?.aborted) throw new RungError('aborted', `Prediction was stopped after ${done} of ${total} titles.`);
        const output = tidy(() => {
          const batch = uploadBatch(packTitles(titles, indices, rows), rows, false);
          return forward(parameters, batch, { config, training: false, seed: 0 });
        });
        const values = await output.data<'float32'>();
        output.dispose();
        for (const [i, title] of indices.entries()) {
          result.set(values.subarray(i * config.labels, (i + 1) * config.labels), title * config.labels);
        }
        done += indices.length;
        onProgress?.(done, total);
      }
    } finally {
      words.tensor.dispose();
      positions.tensor.dispose();
    }
    return result;
  }

  /** Tables for the prediction of `titles`; the caller disposes of both tensors. */
  private tablesFor(titles: TokenisedTitles, longest: number): { words: CoveringRows; positions: CoveringRows } {
    const words = this.words.covering(titles.ids);
    try {
      return { words, positions: this.positions.covering(Array.from({ length: longest }, (_, i) => i)) };
    } catch (thrown) {
      words.tensor.dispose();
      throw thrown;
    }
  }

  /** The parameters by name, with these tables. */
  parameterRecord(words: Tensor, positions: Tensor): Record<string, Tensor> {
    return { ...Object.fromEntries(this.dense), [wordTable]: words, [positionTable]: positions };
  }

  /** All parameters under their Hugging Face names, tables whole. */
  async read(): Promise<NamedArrays> {
    const fused: NamedArrays = new Map();
    fused.set(wordTable, await this.words.read());
    fused.set(positionTable, await this.positions.read());
    for (const [name, array] of await Promise.all(Array.from(this.dense, readArray))) fused.set(name, array);
    return splitParameters(fused);
  }

  dispose(): void {
    this.words.dispose();
    this.positions.dispose();
    for (const parameter of this.dense.values()) parameter.dispose();
    this.dense.clear();
  }
}

async function readArray([name, parameter]: [string, Tensor]): Promise<[string, NamedArray]> {
  const data = Float32Array.from(await parameter.data<'float32'>());
  return [name, { shape: [...parameter.shape], data }];
}

function checkWeights(config: DistilBertConfig, weights: NamedArrays): void {
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    const found = weights.get(name);
    if (found && found.shape.join() === shape.join()) continue;
    const message = `Loading weights: ${name} must be [${shape.join()}], found ${found ? `[${found.shape.join()}]` : 'none'}.`;
    throw new RungError('weights-mismatch', message, 'Use the config.json that belongs to these weights.');
  }
}

/** Returns the longest length. */
export function checkTitles(config: DistilBertConfig, titles: TokenisedTitles): number {
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
