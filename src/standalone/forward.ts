/**
 * The encoders' forward pass in plain arrays: logits of titles laid end to end, as in models/*.ts but without tfjs, so that it is small
 * enough to lie in a page. Post-norm layers, softmax attention inside each title, a head over its first token.
 *
 * N tokens of a batch   B titles   H hidden size   A heads   D head size   F feed-forward   C labels   R rows of relative positions
 */
import type { HiddenActivation } from '../models/config.ts';
import type { DebertaV2Config } from '../models/debertaV2Config.ts';
import type { ModelConfig } from '../models/model.ts';
import { relativeRows, type RelativeRows } from '../nn/relativePositions.ts';
import { planOf, type ModelPlan } from './plan.ts';
import { multiply, Room } from './room.ts';

/** Parameters by Hugging Face name. */
export interface StoredWeights {
  /** Expands one, or rows of it, into `out`. @throws Error when it is missing */
  read(name: string, out: Float32Array, firstRow?: number): void;
}

interface Dense {
  w: Float32Array;
  b: Float32Array;
}

interface Norm {
  gain: Float32Array;
  bias: Float32Array;
}

interface Layer {
  /** [3H, H] */
  qkv: Dense;
  out: Dense;
  outNorm: Norm;
  wide: Dense;
  narrow: Dense;
  narrowNorm: Norm;
  /** [R, H] */
  positionKeys: Float32Array | null;
  positionQueries: Float32Array | null;
}

/** Tokens of a batch, where no title is longer. */
const batchTokens = 512;

export class PlainModel {
  private readonly config: ModelConfig;
  private readonly plan: ModelPlan;
  private readonly room: Room;
  private readonly weights: StoredWeights;
  /** Positions with the token type: [P, H]; null without. */
  private readonly added: Float32Array | null;
  private readonly embeddingNorm: Norm;
  private readonly layers: Layer[];
  private readonly pooler: Dense;
  private readonly classifier: Dense;
  private readonly relative: RelativeRows | null;
  /** Tokens that there is room for. */
  private readonly most: number;
  private readonly x: Float32Array;
  private readonly qkv: Float32Array;
  private readonly context: Float32Array;
  private readonly projected: Float32Array;
  private readonly wide: Float32Array;
  private readonly logitsOut: Float32Array;

  /** @param longest tokens of the longest title that will come */
  static async load(config: ModelConfig, weights: StoredWeights, longest: number, plain = false): Promise<PlainModel> {
    const { dim: H, hiddenDim: F, layers: L, labels: C, maxPositions: P } = config;
    const most = Math.max(batchTokens, longest);
    const relative = relativeOf(config, longest);
    const positions = relative ? relative.count * (2 * L + 2) * H : 0;
    const parameters = (P + 8) * H + L * (4 * H * H + 2 * F * H + 12 * H + F) + H * H + C * H;
    const activations = most * (6 * H + F + C);
    const room = await Room.make(parameters + activations + positions, Math.max(H, F), plain);
    return new PlainModel(config, weights, room, most, relative);
  }

  private constructor(
    config: ModelConfig,
    weights: StoredWeights,
    room: Room,
    most: number,
    relative: RelativeRows | null,
  ) {
    const { dim: H, hiddenDim: F, labels: C } = config;
    this.config = config;
    this.weights = weights;
    this.room = room;
    this.most = most;
    this.relative = relative;
    this.plan = planOf(config);
    const { plan } = this;
    this.added = this.readPositions();
    this.embeddingNorm = this.readNorm(plan.embeddingNorm);
    const table = this.readRelative();
    this.layers = plan.layers.map((names) => ({
      qkv: this.readDense([names.queries, names.keys, names.values], H, H),
      out: this.readDense([names.out], H, H),
      outNorm: this.readNorm(names.outNorm),
      wide: this.readDense([names.wide], F, H),
      narrow: this.readDense([names.narrow], H, F),
      narrowNorm: this.readNorm(names.narrowNorm),
      positionKeys: this.projectPositions(table, names.positionKeys),
      positionQueries: this.projectPositions(table, names.positionQueries),
    }));
    this.pooler = this.readDense([plan.pooler], H, H);
    this.classifier = this.readDense([plan.classifier], C, H);
    this.x = room.floats(most * H);
    this.qkv = room.floats(most * 3 * H);
    this.context = room.floats(most * H);
    this.projected = room.floats(most * H);
    this.wide = room.floats(most * F);
    this.logitsOut = room.floats(most * C);
  }

  /** Titles that fit one batch, the next ones in their order. @param lengths tokens of each */
  fitting(lengths: readonly number[], from: number): number {
    let [tokens, end] = [0, from];
    while (end < lengths.length && (end === from || tokens + lengths[end] <= this.most)) tokens += lengths[end++];
    return end;
  }

  /** Logits [B, C] of one batch; valid until the next. @param titles token ids, together at most as many as fit */
  logits(titles: readonly ArrayLike<number>[]): Float32Array {
    const { config, room } = this;
    const { dim: H, hiddenDim: F, labels: C } = config;
    const starts = [0];
    for (const title of titles) starts.push(starts[starts.length - 1] + title.length);
    const [N, B] = [starts[titles.length], titles.length];
    this.embed(titles);
    for (const [i, layer] of this.layers.entries()) {
      room.product(this.x, layer.qkv.w, layer.qkv.b, this.qkv, [N, H, 3 * H]);
      this.attend(layer, starts);
      const isLast = i === this.layers.length - 1;
      // The head reads the first token only: from here on the others need not be computed.
      if (isLast) for (const array of [this.context, this.x]) keepFirsts(array, starts, H);
      const M = isLast ? B : N;
      room.product(this.context, layer.out.w, layer.out.b, this.projected, [M, H, H]);
      this.addAndNorm(M, layer.outNorm);
      room.product(this.x, layer.wide.w, layer.wide.b, this.wide, [M, H, F]);
      activate(this.wide.subarray(0, M * F), config.activation);
      room.product(this.wide, layer.narrow.w, layer.narrow.b, this.projected, [M, F, H]);
      this.addAndNorm(M, layer.narrowNorm);
    }
    room.product(this.x, this.pooler.w, this.pooler.b, this.projected, [B, H, H]);
    activate(this.projected.subarray(0, B * H), this.plan.poolerActivation);
    room.product(this.projected, this.classifier.w, this.classifier.b, this.logitsOut, [B, H, C]);
    return this.logitsOut.subarray(0, B * C);
  }

  /** x = LayerNorm(words + positions) */
  private embed(titles: readonly ArrayLike<number>[]): void {
    const { dim: H } = this.config;
    let row = 0;
    for (const title of titles) {
      for (let at = 0; at < title.length; at++, row++) {
        const out = this.x.subarray(row * H, (row + 1) * H);
        this.weights.read(`${this.plan.words}.weight`, out, title[at]);
        if (this.added) for (let h = 0; h < H; h++) out[h] += this.added[at * H + h];
      }
    }
    normalise(this.x, row, H, this.embeddingNorm, this.config.layerNormEpsilon);
  }

  /** context = softmax(q kT / root) v inside each title, DeBERTa's scores of positions among them. */
  private attend({ positionKeys, positionQueries }: Layer, starts: readonly number[]): void {
    const { dim: H, heads: A } = this.config;
    const D = H / A;
    const { qkv, context, relative } = this;
    const root = Math.sqrt(D * (1 + (positionKeys ? 1 : 0) + (positionQueries ? 1 : 0)));
    const longest = Math.max(...starts.map((start, i) => (i === 0 ? 0 : start - starts[i - 1])));
    const scores = new Float64Array(longest);
    context.fill(0, 0, starts[starts.length - 1] * H);
    for (let title = 0; title + 1 < starts.length; title++) {
      const [begin, end] = [starts[title], starts[title + 1]];
      for (let i = begin; i < end; i++) {
        for (let a = 0; a < A; a++) {
          const query = i * 3 * H + a * D;
          let top = -Infinity;
          for (let j = begin; j < end; j++) {
            const key = (j * 3 + 1) * H + a * D;
            let score = dot(qkv, query, qkv, key, D);
            if (relative) {
              const row = relative.places[i - j + relative.reach - 1] * H + a * D;
              if (positionKeys) score += dot(qkv, query, positionKeys, row, D);
              if (positionQueries) score += dot(qkv, key, positionQueries, row, D);
            }
            scores[j - begin] = score / root;
            top = Math.max(top, score / root);
          }
          let total = 0;
          for (let j = 0; j < end - begin; j++) total += scores[j] = Math.exp(scores[j] - top);
          const out = i * H + a * D;
          for (let j = begin; j < end; j++) {
            const share = scores[j - begin] / total;
            const value = (j * 3 + 2) * H + a * D;
            for (let d = 0; d < D; d++) context[out + d] += share * qkv[value + d];
          }
        }
      }
    }
  }

  /** x = LayerNorm(x + projected) */
  private addAndNorm(rows: number, norm: Norm): void {
    const { x, projected, config } = this;
    for (let i = 0; i < rows * config.dim; i++) x[i] += projected[i];
    normalise(x, rows, config.dim, norm, config.layerNormEpsilon);
  }

  /** Layers with the same input side by side. */
  private readDense(names: readonly string[], out: number, into: number): Dense {
    const w = this.room.floats(names.length * out * into);
    const b = this.room.floats(names.length * out);
    for (const [i, name] of names.entries()) {
      this.weights.read(`${name}.weight`, w.subarray(i * out * into, (i + 1) * out * into));
      this.weights.read(`${name}.bias`, b.subarray(i * out, (i + 1) * out));
    }
    return { w, b };
  }

  private readNorm(name: string): Norm {
    const { dim: H } = this.config;
    const norm = { gain: this.room.floats(H), bias: this.room.floats(H) };
    this.weights.read(`${name}.weight`, norm.gain);
    this.weights.read(`${name}.bias`, norm.bias);
    return norm;
  }

  private readPositions(): Float32Array | null {
    const { positions, types } = this.plan;
    if (positions === null && types === null) return null;
    const { dim: H, maxPositions: P, firstPosition } = this.config;
    const added = this.room.floats(P * H);
    if (positions !== null) this.weights.read(`${positions}.weight`, added, firstPosition);
    if (types !== null) {
      const type = new Float32Array(H);
      this.weights.read(`${types}.weight`, type, 0);
      for (let i = 0; i < added.length; i++) added[i] += type[i % H];
    }
    return added;
  }

  /** The rows of DeBERTa's relative embeddings that are needed: [R, H] */
  private readRelative(): Float32Array | null {
    const { relative, plan, config } = this;
    if (!relative || !plan.relative) return null;
    const table = this.room.floats(relative.count * config.dim);
    this.weights.read(`${plan.relative.table}.weight`, table, relative.first);
    if (plan.relative.norm !== null) {
      normalise(table, relative.count, config.dim, this.readNorm(plan.relative.norm), config.layerNormEpsilon);
    }
    return table;
  }

  private projectPositions(table: Float32Array | null, name: string | null): Float32Array | null {
    if (!table || name === null || !this.relative) return null;
    const { dim: H } = this.config;
    const [w, b] = [new Float32Array(H * H), new Float32Array(H)];
    this.weights.read(`${name}.weight`, w);
    this.weights.read(`${name}.bias`, b);
    const y = this.room.floats(this.relative.count * H);
    multiply(table, w, b, y, [this.relative.count, H, H]);
    return y;
  }
}

function relativeOf(config: ModelConfig, longest: number): RelativeRows | null {
  if (config.family !== 'debertaV2') return null;
  const { relative, maxPositions }: DebertaV2Config = config;
  return relative && relativeRows(longest, relative, maxPositions);
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[atA + i] * b[atB + i];
  return sum;
}

/** Moves the first row of each title to the front: [N, H] -> [B, H] */
function keepFirsts(array: Float32Array, starts: readonly number[], H: number): void {
  for (let title = 0; title + 1 < starts.length; title++) {
    array.copyWithin(title * H, starts[title] * H, (starts[title] + 1) * H);
  }
}

/** LayerNorm of each row, in place (Ba, Kiros & Hinton 2016). */
function normalise(x: Float32Array, rows: number, H: number, { gain, bias }: Norm, epsilon: number): void {
  for (let row = 0; row < rows; row++) {
    const at = row * H;
    let mean = 0;
    for (let h = 0; h < H; h++) mean += x[at + h];
    mean /= H;
    let variance = 0;
    for (let h = 0; h < H; h++) variance += (x[at + h] - mean) ** 2;
    const scale = 1 / Math.sqrt(variance / H + epsilon);
    for (let h = 0; h < H; h++) x[at + h] = (x[at + h] - mean) * scale * gain[h] + bias[h];
  }
}

function activate(x: Float32Array, kind: HiddenActivation | 'tanh'): void {
  const f = activations[kind];
  for (let i = 0; i < x.length; i++) x[i] = f(x[i]);
}

const activations: Record<HiddenActivation | 'tanh', (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** Within 1.5e-7 (Abramowitz & Stegun 1964, 7.1.26). */
function erf(x: number): number {
  const size = Math.abs(x);
  const t = 1 / (1 + 0.3275911 * size);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const value = 1 - series * Math.exp(-size * size);
  return x < 0 ? -value : value;
}
