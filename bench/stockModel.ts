/**
 * DistilBERT for sequence classification as a good user of stock tfjs would write it: batches padded to their longest title with a mask,
 * `gather` for the embeddings, `fused.matMul` with its bias for the linear layers (weights [in, out], so that the forward product has
 * its fast path), `moments` for LayerNorm, tf.dropout, tf.losses, tf.train.adam over `variableGrads`. No clipping and no weight decay: it
 * does less than the engine it is compared with.
 */
import {
  add,
  dropout,
  erf,
  fused,
  gather,
  losses,
  matMul,
  moments,
  mul,
  randomNormal,
  relu,
  reshape,
  rsqrt,
  scalar,
  slice,
  softmax,
  squeeze,
  sub,
  tensor2d,
  train,
  transpose,
  variable,
  zeros,
  ones,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Examples } from '../src/shared/arrays.ts';

/** B titles   T tokens of the longest   H hidden   A heads   D head size   F feed-forward   C labels */
export interface StockConfig {
  vocabSize: number;
  positions: number;
  layers: number;
  heads: number;
  hidden: number;
  feedForward: number;
  labels: number;
  dropout: number;
  headDropout: number;
}

/** One batch on the device. */
interface Padded {
  ids: Tensor2D;
  /** 0 for a token, -1e9 for padding: [B, 1, 1, T]. */
  mask: Tensor4D;
  labels: Tensor2D;
  /** B x T */
  slots: number;
}

export class StockModel {
  private readonly config: StockConfig;
  private readonly weights = new Map<string, Variable>();
  private readonly optimiser;

  constructor(config: StockConfig, learningRate: number) {
    this.config = config;
    const { hidden: H, feedForward: F } = config;
    const put = (name: string, value: Tensor): void => {
      this.weights.set(name, variable(value));
      value.dispose();
    };
    const dense = (name: string, from: number, to: number): void => {
      put(`${name}.weight`, randomNormal([from, to], 0, 0.02));
      put(`${name}.bias`, zeros([to]));
    };
    const norm = (name: string): void => {
      put(`${name}.gain`, ones([H]));
      put(`${name}.bias`, zeros([H]));
    };
    put('words', randomNormal([config.vocabSize, H], 0, 0.02));
    put('positions', randomNormal([config.positions, H], 0, 0.02));
    norm('embeddings');
    for (let layer = 0; layer < config.layers; layer++) {
      for (const part of ['query', 'key', 'value', 'out']) dense(`${layer}.${part}`, H, H);
      norm(`${layer}.attention`);
      dense(`${layer}.wide`, H, F);
      dense(`${layer}.narrow`, F, H);
      norm(`${layer}.output`);
    }
    dense('pooler', H, H);
    dense('classifier', H, config.labels);
    this.optimiser = train.adam(learningRate);
  }

  private weight(name: string): Tensor {
    return this.weights.get(name)!;
  }

  /** [N, I] -> [N, O] */
  private dense(x: Tensor2D, name: string): Tensor2D {
    return fused.matMul({
      a: x,
      b: this.weight(`${name}.weight`),
      bias: this.weight(`${name}.bias`),
    }) as Tensor2D;
  }

  private norm(x: Tensor2D, name: string): Tensor2D {
    const { mean, variance } = moments(x, -1, true);
    const normalised = mul(sub(x, mean), rsqrt(add(variance, 1e-12)));
    return add(mul(normalised, this.weight(`${name}.gain`)), this.weight(`${name}.bias`));
  }

  private dropped<T extends Tensor>(x: T, rate: number, training: boolean): T {
    return training && rate > 0 ? (dropout(x, rate) as T) : x;
  }

  private attention(x: Tensor2D, mask: Tensor4D, layer: number, training: boolean): Tensor2D {
    const [B, , , T] = mask.shape;
    const { heads: A, hidden: H } = this.config;
    const headsOf = (part: string): Tensor =>
      transpose(reshape(this.dense(x, `${layer}.${part}`), [B, T, A, H / A]), [0, 2, 1, 3]); // [B, A, T, D]
    const query = mul(headsOf('query'), 1 / Math.sqrt(H / A));
    const scores = add(matMul(query, headsOf('key'), false, true), mask); // [B, A, T, T]
    const context = matMul(this.dropped(softmax(scores), this.config.dropout, training), headsOf('value')); // [B, A, T, D]
    return this.dense(reshape(transpose(context, [0, 2, 1, 3]), [B * T, H]), `${layer}.out`); // [B T, H]
  }

  /** Logits [B, C]. */
  private forward({ ids, mask }: Padded, training: boolean): Tensor2D {
    const [B, T] = ids.shape;
    const { hidden: H, layers, dropout: rate, headDropout } = this.config;
    const positions = slice(this.weight('positions'), [0, 0], [T, H]);
    const embedded = reshape(add(gather(this.weight('words'), ids), positions), [B * T, H]);
    let x = this.dropped(this.norm(embedded as Tensor2D, 'embeddings'), rate, training); // [B T, H]
    for (let layer = 0; layer < layers; layer++) {
      x = this.norm(add(this.attention(x, mask, layer, training), x), `${layer}.attention`);
      const wide = this.dense(x, `${layer}.wide`); // [B T, F]
      const gelu: Tensor2D = mul(mul(wide, 0.5), add(erf(mul(wide, Math.SQRT1_2)), 1));
      x = this.norm(add(this.dropped(this.dense(gelu, `${layer}.narrow`), rate, training), x), `${layer}.output`);
    }
    const first = squeeze(slice(reshape(x, [B, T, H]), [0, 0, 0], [B, 1, H]), [1]) as Tensor2D; // [B, H]
    const pooled = this.dropped(relu(this.dense(first, 'pooler')), headDropout, training);
    return this.dense(pooled, 'classifier');
  }

  /** The caller disposes of the three tensors. */
  private pad(titles: Examples): Padded {
    const { ids, starts, labels, labelCount } = titles;
    const B = starts.length - 1;
    let T = 0;
    for (let i = 0; i < B; i++) T = Math.max(T, starts[i + 1] - starts[i]);
    const padded = new Int32Array(B * T);
    const mask = new Float32Array(B * T).fill(-1e9);
    for (let i = 0; i < B; i++) {
      padded.set(ids.subarray(starts[i], starts[i + 1]), i * T);
      mask.fill(0, i * T, i * T + starts[i + 1] - starts[i]);
    }
    return {
      ids: tensor2d(padded, [B, T], 'int32'),
      mask: tidy(() => reshape(tensor2d(mask, [B, T]), [B, 1, 1, T])),
      labels: tensor2d(Float32Array.from(labels), [B, labelCount]),
      slots: B * T,
    };
  }

  /** Records one step; returns the loss, which the caller disposes of, and the token slots computed. */
  step(titles: Examples): { loss: Scalar; slots: number } {
    const batch = this.pad(titles);
    const lossOf = (): Scalar => losses.sigmoidCrossEntropy(batch.labels, this.forward(batch, true));
    const loss = this.optimiser.minimize(lossOf, true) ?? scalar(NaN);
    for (const tensor of [batch.ids, batch.mask, batch.labels]) tensor.dispose();
    return { loss, slots: batch.slots };
  }

  async logits(titles: Examples): Promise<Float32Array> {
    const batch = this.pad(titles);
    const output = tidy(() => this.forward(batch, false));
    const values = await output.data<'float32'>();
    for (const tensor of [output, batch.ids, batch.mask, batch.labels]) tensor.dispose();
    return values;
  }

  dispose(): void {
    for (const weight of this.weights.values()) weight.dispose();
    this.optimiser.dispose();
  }
}
