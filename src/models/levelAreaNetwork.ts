/**
 * A small network over sentence embeddings with two answers a title, level and area: residual blocks (He et al. 2016, arXiv:1512.03385),
 * each with squeeze-and-excitation (Hu, Shen & Sun 2018, arXiv:1709.01507), shared by two softmax heads.
 *
 * A title's embedding has no picture to squeeze: its features are the channels, so the gate of a feature is computed from all features
 * of the same title, never from other titles of the batch. LayerNorm instead of batch norm, for the same reason: what a title is taken for
 * must not depend on its neighbours in a file.
 *
 * B titles, I embedding size, H hidden, S squeezed, L levels, A areas
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { gate } from '../kernels/gate.ts';
import { layersOver } from '../nn/layers.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { heads, type Head } from '../shared/levelArea.ts';
import { drawParameters } from './parameters.ts';

export interface LevelAreaShape {
  /** I */
  input: number;
  /** H */
  hidden: number;
  blocks: number;
  /** S = H / reduction; 16 in the paper. */
  reduction: number;
  /** L and A. */
  classes: Record<Head, number>;
}

/** Of PyTorch's LayerNorm. */
const epsilon = 1e-5;

/** Every parameter with its shape; weights lie [out, in]. */
export function levelAreaShapes({
  input,
  hidden,
  blocks,
  reduction,
  classes,
}: LevelAreaShape): Record<string, number[]> {
  const squeezed = Math.max(1, Math.round(hidden / reduction));
  const shapes: Record<string, number[]> = {};
  const dense = (name: string, from: number, to: number): void => {
    shapes[`${name}.weight`] = [to, from];
    shapes[`${name}.bias`] = [to];
  };
  dense('input', input, hidden);
  for (let block = 0; block < blocks; block++) {
    dense(`blocks.${block}.first`, hidden, hidden);
    dense(`blocks.${block}.second`, hidden, hidden);
    dense(`blocks.${block}.squeeze`, hidden, squeezed);
    dense(`blocks.${block}.excite`, squeezed, hidden);
    shapes[`blocks.${block}.layer_norm.weight`] = [hidden];
    shapes[`blocks.${block}.layer_norm.bias`] = [hidden];
  }
  for (const head of heads) dense(head, hidden, classes[head]);
  return shapes;
}

/** Weights drawn with He's deviation sqrt(2 / fan-in) (arXiv:1502.01852), biases 0, LayerNorm gains 1. */
export function initialLevelArea(shape: LevelAreaShape, seed: number): NamedArrays {
  const shapes = levelAreaShapes(shape);
  const drawn = drawParameters(shapes, 1, new Map(), seed, () => true);
  for (const {
    shape: [, fanIn],
    data,
  } of drawn.values()) {
    if (fanIn) for (let i = 0; i < data.length; i++) data[i] *= Math.sqrt(2 / fanIn);
  }
  return drawn;
}

export interface LevelAreaForward {
  training: boolean;
  /** Of this step's dropout. */
  seed: number;
  dropout: number;
}

/** What both heads read: x [B, I] -> [B, H]. The result belongs to the caller's tidy. */
export function levelAreaTrunk(
  { blocks }: LevelAreaShape,
  parameters: Record<string, Tensor>,
  x: Tensor2D,
  { training, seed, dropout }: LevelAreaForward,
): Tensor2D {
  const layers = layersOver(parameters, { training, seed, epsilon });
  let h = layers.activated(x, 'input', 'gelu', dropout); // [B, H]
  for (let block = 0; block < blocks; block++) {
    const name = `blocks.${block}`;
    const inner = layers.activated(h, `${name}.first`, 'gelu', dropout); // [B, H]
    const features = layers.dense(inner, `${name}.second`); // [B, H]
    const squeezed = layers.activated(features, `${name}.squeeze`, 'relu'); // [B, S]
    const excited = gate(features, layers.dense(squeezed, `${name}.excite`)); // [B, H]
    h = layers.residualNorm(excited, h, `${name}.layer_norm`, dropout); // [B, H]
  }
  return h;
}

/** Logits of one head: [B, H] -> [B, L] or [B, A]. */
export function levelAreaHead(parameters: Record<string, Tensor>, h: Tensor2D, head: Head): Tensor2D {
  return layersOver(parameters, { training: false, seed: 0, epsilon }).dense(h, head);
}
