/**
 * The head of a masked language model, as Hugging Face's `DistilBertForMaskedLM`, `BertForMaskedLM` and `RobertaForMaskedLM`: dense,
 * activation, LayerNorm, and a product with the word table itself (Press & Wolf 2017, "Using the Output Embedding to Improve Language
 * Models") plus a bias for each word.
 *
 * N token slots   M masked tokens   H hidden size   V rows of the word table
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activation, type Activation } from '../kernels/activation.ts';
import { crossEntropy, plainCrossEntropy } from '../kernels/crossEntropy.ts';
import { noDropout } from '../kernels/dropout.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { linear } from '../kernels/linear.ts';
import { layerNorm } from '../kernels/norm.ts';
import type { PackedBatch } from './packedBatch.ts';

export interface MaskedLmHead {
  /** Names of the parameters: `dense` and `norm` have a weight and a bias. */
  dense: string;
  norm: string;
  /** [V]: in the order of the rows of the word table that is given. */
  bias: string;
  activation: Activation;
  layerNormEpsilon: number;
}

/** Hugging Face's names by model family. */
export const maskedLmNames = {
  distilbert: { dense: 'vocab_transform', norm: 'vocab_layer_norm', bias: 'vocab_projector.bias' },
  bert: {
    dense: 'cls.predictions.transform.dense',
    norm: 'cls.predictions.transform.LayerNorm',
    bias: 'cls.predictions.bias',
  },
  roberta: { dense: 'lm_head.dense', norm: 'lm_head.layer_norm', bias: 'lm_head.bias' },
} as const satisfies Record<string, Pick<MaskedLmHead, 'dense' | 'norm' | 'bias'>>;

/**
 * Logits [M, V] of the masked tokens. The softmax is over the rows of the table that is given: with the rows of a data set only, over
 * its words. The result belongs to the caller's tidy.
 * @param hidden last hidden states [N, H]
 * @param batch made by `packMasked`
 */
export function maskedLmLogits(
  hidden: Tensor2D,
  batch: PackedBatch,
  parameters: Record<string, Tensor>,
  words: Tensor2D,
  head: MaskedLmHead,
): Tensor2D {
  const of = (name: string): Tensor => {
    if (!Object.hasOwn(parameters, name)) throw new Error(`maskedLmLogits: parameter ${name} is missing`);
    return parameters[name];
  };
  const vector = (name: string): Tensor1D => of(name) as Tensor1D;
  const masked = firstRows(hidden, batch.firsts, batch.tokens); // [M, H]
  const dense = linear(masked, of(`${head.dense}.weight`) as Tensor2D, vector(`${head.dense}.bias`)); // [M, H]
  const active = activation(dense, head.activation, noDropout); // [M, H]
  const [gain, bias] = [vector(`${head.norm}.weight`), vector(`${head.norm}.bias`)];
  return linear(layerNorm(active, gain, bias, head.layerNormEpsilon), words, vector(head.bias)); // [M, V]
}

/**
 * Mean cross-entropy of the masked tokens. Two tensors of [M, V] are alive at most, the logits and their gradient.
 * @param targets int32 [M], rows of the word table
 */
export function maskedLmLoss(logits: Tensor2D, targets: Tensor1D): Scalar {
  return crossEntropy(logits, targets, plainCrossEntropy);
}
