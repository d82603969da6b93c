/** The kernels of a step with inputs of a model's size, each beside its composed form (src/kernels/composed.ts). */
import {
  add,
  div,
  mul,
  ones,
  sqrt,
  square,
  sub,
  sum,
  tensor,
  tidy,
  minimum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { activation } from '../src/kernels/activation.ts';
import { adamWStep, zeroMoments } from '../src/kernels/adamw.ts';
import { attention } from '../src/kernels/attention.ts';
import { binaryCrossEntropy } from '../src/kernels/bce.ts';
import {
  activationComposed,
  attentionComposed,
  bceComposed,
  embedComposed,
  firstRowsComposed,
  linearComposed,
  residualNormComposed,
} from '../src/kernels/composed.ts';
import { embed } from '../src/kernels/embed.ts';
import { firstRows } from '../src/kernels/firstRows.ts';
import { linear } from '../src/kernels/linear.ts';
import { residualNorm } from '../src/kernels/norm.ts';
import { packTitles, uploadBatch } from '../src/nn/packedBatch.ts';
import { Random } from '../src/shared/random.ts';

export type Op = (...inputs: Tensor[]) => Tensor;

export interface KernelCase {
  name: string;
  inputs: Tensor[];
  /** Of the value; null: there is no gradient to take. */
  dy: Tensor | null;
  op: Op;
  composed: Op | null;
  dispose: () => void;
}

const two = (x: Tensor): Tensor2D => x as Tensor2D;
const one = (x: Tensor): Tensor1D => x as Tensor1D;
const random = new Random(1);

function filled(...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

function differentiableCase(name: string, inputs: Tensor[], op: Op, composed: Op): KernelCase {
  const dy = tidy(() => ones(op(...inputs).shape));
  const dispose = (): void => {
    for (const input of [...inputs, dy]) input.dispose();
  };
  return { name, inputs, dy, op, composed, dispose };
}

const titleLength = 8;
const epsilon = 1e-12;
const dropout = { rate: 0.1, seed: 1 };
const words = 1491;

/** H hidden, F = 4 H, heads of 64; `titles` titles of 8 tokens make N. Made one by one, since together they would not fit. */
export function* kernelCases(H: number, titles: number): Generator<KernelCase> {
  const [N, F, heads] = [titles * titleLength, 4 * H, Math.max(1, H / 64)];
  const starts = Uint32Array.from({ length: titles + 1 }, (_, i) => i * titleLength);
  const ids = Int32Array.from({ length: N }, () => random.int(words));
  const wordRow = Int32Array.from({ length: words }, (_, i) => i);
  const rows = { wordRow, words, positions: titleLength };
  const all = Uint32Array.from({ length: titles }, (_, i) => i);
  const host = packTitles({ ids, starts }, all, rows);
  const batch = uploadBatch(host, rows, true);
  for (const [name, out, into] of [
    ['linear H to 3H', 3 * H, H],
    ['linear H to H', H, H],
    ['linear H to F', F, H],
    ['linear F to H', H, F],
    ['linear H to 6', 6, H],
  ] as const) {
    const inputs = [filled(N, into), filled(out, into), filled(out)];
    const op: Op = (x, w, b) => linear(two(x), two(w), one(b));
    yield differentiableCase(name, inputs, op, (x, w, b) => linearComposed(two(x), two(w), one(b)));
  }
  yield differentiableCase(
    'GELU',
    [filled(N, F)],
    (x) => activation(two(x), 'gelu', { rate: 0, seed: 0 }),
    (x) => activationComposed(two(x), 'gelu', { rate: 0, seed: 0 }),
  );
  yield differentiableCase(
    'attention, dropout',
    [filled(N, 3 * H)],
    (x) => attention(two(x), batch.tokens, heads, dropout),
    (x) => attentionComposed(two(x), host.tokens, heads, dropout),
  );
  yield differentiableCase(
    'residual, dropout, LayerNorm',
    [filled(N, H), filled(N, H), filled(H), filled(H)],
    (x, r, g, b) => residualNorm(two(x), two(r), one(g), one(b), epsilon, dropout),
    (x, r, g, b) => residualNormComposed(two(x), two(r), one(g), one(b), epsilon, dropout),
  );
  yield differentiableCase(
    'embedding, LayerNorm, dropout',
    [filled(words, H), filled(titleLength, H), filled(H), filled(H)],
    (w, p, g, b) => embed(two(w), two(p), one(g), one(b), batch.tokens, batch, epsilon, dropout),
    (w, p, g, b) => embedComposed(two(w), two(p), one(g), one(b), host.tokens, epsilon, dropout),
  );
  yield differentiableCase(
    'first rows',
    [filled(N, H)],
    (x) => firstRows(two(x), batch.firsts, batch.tokens),
    (x) => firstRowsComposed(two(x), host.firsts),
  );
  const labels = two(filled(titles, 6));
  const weights = one(filled(6));
  yield differentiableCase(
    'binary cross-entropy',
    [filled(titles, 6)],
    (z) => binaryCrossEntropy(two(z), labels, weights),
    (z) => bceComposed(two(z), labels, weights),
  );
  yield adamWCase(H, F);
}

const rate = { learningRate: 1e-3, weightDecay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** All parameters of 6 layers and the word table. */
function adamWCase(H: number, F: number): KernelCase {
  const layer = [3 * H * H, 3 * H, H * H, H, H, H, F * H, F, F * H, H, H, H];
  const sizes = [words * H, ...Array.from({ length: 6 }, () => layer).flat()];
  const moments = zeroMoments(sizes);
  const items = sizes.map((size, i) => {
    const tensors = { parameter: filled(size), gradient: filled(size) };
    return { ...tensors, moments: moments[i], decayed: true, rateFactor: 1 };
  });
  const stock = sizes.map((size) => ({ mean: filled(size), variance: ones([size]) }));
  return {
    name: `AdamW, ${sizes.length} parameters`,
    inputs: [],
    dy: null,
    op: () => {
      adamWStep(items, { ...rate, maxGradientNorm: 1, step: 3 });
      return items[0].parameter.clone();
    },
    composed: () => {
      const squares = items.map(({ gradient }) => sum(square(gradient)));
      const clip = minimum(div(1, sqrt(squares.reduce((a, b) => add(a, b)))), 1);
      const updated = items.map(({ parameter, gradient }, i) => {
        const g = mul(gradient, clip);
        const mean = add(mul(stock[i].mean, rate.beta1), mul(g, 1 - rate.beta1));
        const variance = add(mul(stock[i].variance, rate.beta2), mul(square(g), 1 - rate.beta2));
        const step = div(div(mean, 1 - rate.beta1 ** 3), add(sqrt(div(variance, 1 - rate.beta2 ** 3)), rate.epsilon));
        return sub(mul(parameter, 1 - rate.learningRate * rate.weightDecay), mul(step, rate.learningRate));
      });
      return updated.at(-1)!;
    },
    dispose: () => {
      for (const { parameter, gradient } of items) for (const made of [parameter, gradient]) made.dispose();
      for (const { mean, variance } of stock) for (const made of [mean, variance]) made.dispose();
      for (const flat of new Set(moments.map((slot) => slot.flat))) flat.dispose();
    },
  };
}
