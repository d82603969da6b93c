/** What a family of encoders has to say for the engine to train it: pure functions of its config. See model.ts for the table of them. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { PackedBatch } from '../nn/packedBatch.ts';
import type { ConfigFields, EncoderConfig } from './config.ts';

/** Hugging Face parameter name -> shape, in the order of the model. */
export type Shapes = Record<string, number[]>;

/** Parameters that are one matrix on the device: the last parts of their names, and of the name they have there. */
export interface Fusion {
  parts: readonly string[];
  into: string;
}

/** How a forward pass is to run. */
export interface ForwardOptions {
  /** Dropout on. */
  training: boolean;
  /** Of this step's dropout. */
  seed: number;
}

export interface Family<C extends EncoderConfig> {
  /** `model_type` in config.json. */
  modelTypes: readonly string[];
  /** What the base model's parameters begin with in a checkpoint with a head, the dot included. */
  prefix: string;
  wordTable: string;
  /** @throws RungError `model-unsupported` naming the first field that is wrong or not supported. */
  parseConfig(fields: ConfigFields): C;
  configToJson(config: C, labelNames: readonly string[]): Record<string, unknown>;
  parameterShapes(config: C): Shapes;
  /** Null for a family without absolute positions. */
  positionTable(config: C): string | null;
  /** Whether a parameter belongs to the classification head, which a new label set needs anew. */
  isHead(name: string): boolean;
  /** Whether a parameter pools for the head and is pretrained with the encoder: kept, and drawn anew only where a checkpoint lacks it. */
  isPooler(name: string): boolean;
  fusions(config: C): readonly Fusion[];
  /** Last hidden states [N, H]. `parameters` are named as by `fuseParameters`. The result belongs to the caller's tidy. */
  encode(parameters: Record<string, Tensor>, batch: PackedBatch, config: C, options: ForwardOptions): Tensor2D;
  /** Logits [B, C]. The same holds. */
  classify(parameters: Record<string, Tensor>, batch: PackedBatch, config: C, options: ForwardOptions): Tensor2D;
}

/** Collects the shapes of a model's parameters, in its order. */
export class ShapeList {
  readonly shapes: Shapes = {};

  /** x wT + b: a weight [out, into] and a bias. */
  dense(name: string, out: number, into: number): void {
    this.shapes[`${name}.weight`] = [out, into];
    this.shapes[`${name}.bias`] = [out];
  }

  norm(name: string, size: number): void {
    this.shapes[`${name}.weight`] = [size];
    this.shapes[`${name}.bias`] = [size];
  }

  table(name: string, rows: number, size: number): void {
    this.shapes[`${name}.weight`] = [rows, size];
  }
}
