/**
 * The one door to the encoders: everything the engine asks of a model, by its config. A family is a table of pure functions
 * (family.ts); which one it is says `config.family`.
 *
 * N token slots of the packed batch   B titles   H hidden size   L layers   C labels
 *
 * On the device the projections of queries, keys and values are one matrix [3H, H] (`fuseParameters`): one product of 3H columns in
 * place of three. Everything outside the device has the Hugging Face names.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { meanPool } from '../kernels/meanPool.ts';
import type { PackedBatch } from '../nn/packedBatch.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { bert } from './bert.ts';
import type { BertConfig, RobertaConfig } from './bertConfig.ts';
import { ConfigFields, unsupported } from './config.ts';
import { debertaV2 } from './debertaV2.ts';
import type { DebertaV2Config } from './debertaV2Config.ts';
import { distilbert } from './distilbert.ts';
import type { DistilBertConfig } from './distilbertConfig.ts';
import type { Family, ForwardOptions, Shapes } from './family.ts';
import { drawParameters, fuse, split, withModelNames } from './parameters.ts';
import { roberta } from './roberta.ts';

export type ModelConfig = DistilBertConfig | BertConfig | RobertaConfig | DebertaV2Config;

const families: Record<ModelConfig['family'], Family<ModelConfig>> = { distilbert, bert, roberta, debertaV2 };

/** `model_type`s that run. */
export const modelTypes: readonly string[] = Object.values(families).flatMap((family) => family.modelTypes);

/**
 * Checks a parsed config.json. Missing fields get Hugging Face's defaults.
 * @throws RungError `model-unsupported` naming the first field that is wrong.
 */
export function parseModelConfig(json: unknown): ModelConfig {
  const fields = new ConfigFields(json);
  const type = fields.get('model_type');
  const family = Object.values(families).find((one) => one.modelTypes.some((known) => known === type));
  if (!family) throw unsupported(`model_type ${modelTypes.join(', ')} was expected, found ${JSON.stringify(type)}`);
  return family.parseConfig(fields);
}

/** The content of config.json for a multi-label classifier: what Hugging Face's `from_pretrained` reads. */
export function configToJson(config: ModelConfig, labelNames: readonly string[]): Record<string, unknown> {
  return families[config.family].configToJson(config, labelNames);
}

/** Hugging Face parameter name -> shape, in the order of the model. */
export function parameterShapes(config: ModelConfig): Shapes {
  return families[config.family].parameterShapes(config);
}

/** Name of the word embeddings. */
export function wordTable(config: ModelConfig): string {
  return families[config.family].wordTable;
}

/** Name of the position embeddings; null for a model without. The k-th token of a title (from 0) takes row `firstPosition` + k. */
export function positionTable(config: ModelConfig): string | null {
  return families[config.family].positionTable(config);
}

/** What the base model's parameters begin with, the dot included: "bert.". */
export function basePrefix(config: ModelConfig): string {
  return families[config.family].prefix;
}

/** Whether a parameter belongs to the classification head, which a new label set needs anew. */
export function isHead(config: ModelConfig, name: string): boolean {
  return families[config.family].isHead(name);
}

/** Whether a parameter pools for the head and comes with the encoder; a checkpoint that lacks it gets it drawn anew. */
export function isPooler(config: ModelConfig, name: string): boolean {
  return families[config.family].isPooler(name);
}

/** The parameters between the encoder and the logits: of the pooler and of the head. */
export function headNames(config: ModelConfig): string[] {
  return Object.keys(parameterShapes(config)).filter((name) => isHead(config, name) || isPooler(config, name));
}

/**
 * Depth of a parameter, for layer-wise learning rates and frozen layers: 0 for the embeddings (DeBERTa's relative ones too), i + 1 for
 * layer i, L + 1 for the head and what pools for it. Names of the device and of Hugging Face.
 */
export function layerOf(config: ModelConfig, name: string): number {
  const layer = /\.layer\.(\d+)\./.exec(name);
  if (layer) return Number(layer[1]) + 1;
  const prefix = basePrefix(config);
  return ['embeddings.', 'encoder.'].some((part) => name.startsWith(prefix + part)) ? 0 : config.layers + 1;
}

/**
 * Random weights as Hugging Face draws them: normal with the config's deviation, biases 0, LayerNorm gains 1, pad rows 0. Those whose
 * name is `wanted`, all by default; the numbers of a tensor depend on its name and the seed only.
 */
export function initialParameters(
  config: ModelConfig,
  seed: number,
  wanted: (name: string) => boolean = () => true,
): NamedArrays {
  const padRows = new Map([[wordTable(config), config.padTokenId]]);
  const positions = positionTable(config);
  // RoBERTa's table of positions has a pad row too: the one before the first position.
  if (positions && config.firstPosition > 0) padRows.set(positions, config.firstPosition - 1);
  return drawParameters(parameterShapes(config), config.initializerRange, padRows, seed, wanted);
}

/** The parameters of the config as they stand on the device. @throws Error when one is missing. */
export function fuseParameters(config: ModelConfig, weights: NamedArrays): NamedArrays {
  return fuse(parameterShapes(config), families[config.family].fusions(config), weights);
}

/** The inverse of `fuseParameters`. */
export function splitParameters(config: ModelConfig, fused: NamedArrays): NamedArrays {
  return split(families[config.family].fusions(config), fused);
}

/**
 * Last hidden states [N, H]. `parameters` are named as by `fuseParameters`; the embedding tables may hold fewer rows than the
 * vocabulary, the batch then names their rows. The result belongs to the caller's tidy.
 */
export function encode(
  config: ModelConfig,
  parameters: Record<string, Tensor>,
  batch: PackedBatch,
  options: ForwardOptions,
): Tensor2D {
  return families[config.family].encode(parameters, batch, config, options);
}

/** Logits [B, C]; parameters and result as with `encode`. The last layer computes the first token of each title only. */
export function classify(
  config: ModelConfig,
  parameters: Record<string, Tensor>,
  batch: PackedBatch,
  options: ForwardOptions,
): Tensor2D {
  return families[config.family].classify(parameters, batch, config, options);
}

/** Embeddings of titles [B, H]: the mean of their last hidden states. Parameters and result as with `encode`. */
export function embedTitles(
  config: ModelConfig,
  parameters: Record<string, Tensor>,
  batch: PackedBatch,
  options: ForwardOptions,
): Tensor2D {
  return meanPool(encode(config, parameters, batch, options), batch.firsts, batch.tokens);
}

/** A checkpoint's tensors under the names of the model, whatever it was saved from; see `withModelNames`. */
export function modelNames(config: ModelConfig, stored: NamedArrays): NamedArrays {
  return withModelNames(parameterShapes(config), basePrefix(config), stored);
}

export { isDecayed } from './parameters.ts';
export type { ForwardOptions } from './family.ts';
