/** What the config.json of every family says, and how its fields are read and written. */
import { RungError } from '../shared/errors.ts';

/** Of the feed-forward layers, as Hugging Face names them. */
export type HiddenActivation = 'gelu' | 'relu' | 'gelu_new';

/** The fields that all families share. */
export interface EncoderConfig {
  vocabSize: number;
  /** Tokens of the longest title, special ones included. */
  maxPositions: number;
  /** Row of the position table that the first token of a title takes. */
  firstPosition: number;
  layers: number;
  heads: number;
  /** Hidden size. */
  dim: number;
  /** Feed-forward size. */
  hiddenDim: number;
  activation: HiddenActivation;
  dropout: number;
  attentionDropout: number;
  /** Before the last layer of the head. */
  classifierDropout: number;
  layerNormEpsilon: number;
  /** Standard deviation of freshly drawn weights. */
  initializerRange: number;
  padTokenId: number;
  labels: number;
}

/** A title of more tokens than this is never computed: attention numbers its dropout by it. */
export const longestTitle = 4096;

export function unsupported(what: string): RungError {
  const hint =
    'Rung runs encoders of the types distilbert, bert, roberta, xlm-roberta and deberta-v2. Choose such a checkpoint, or the shipped encoder.';
  return new RungError('model-unsupported', `Reading config.json: ${what}.`, hint);
}

/** Checked access to the fields of a parsed config.json. Every method throws RungError `model-unsupported` naming the field. */
export class ConfigFields {
  private readonly fields: Map<string, unknown>;

  constructor(json: unknown) {
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw unsupported('a JSON object was expected');
    this.fields = new Map<string, unknown>(Object.entries(json));
  }

  /** The value as it stands; null where it is missing. */
  get(name: string): unknown {
    return this.fields.get(name) ?? null;
  }

  /** A whole number within bounds. */
  whole(name: string, least: number, most: number, fallback?: number): number {
    const value = this.fields.get(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw unsupported(`${name} must be a whole number from ${least} to ${most}, found ${JSON.stringify(value)}`);
    }
    return value;
  }

  /** A number from 0 to below 1. */
  share(name: string, fallback: number): number {
    const value = this.fields.get(name) ?? fallback;
    if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
      throw unsupported(`${name} must be from 0 to below 1, found ${JSON.stringify(value)}`);
    }
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.fields.get(name) ?? fallback;
    if (typeof value !== 'boolean') throw unsupported(`${name} must be true or false, found ${JSON.stringify(value)}`);
    return value;
  }

  oneOf<T extends string>(name: string, known: readonly T[], fallback: T): T {
    const value = this.fields.get(name) ?? fallback;
    const found = known.find((item) => item === value);
    if (!found) throw unsupported(`${name} ${JSON.stringify(value)} is not known; ${known.join(', ')} are`);
    return found;
  }

  /** An activation function of the feed-forward layers. */
  activation(name: string): HiddenActivation {
    const known = ['gelu', 'relu', 'gelu_new', 'gelu_pytorch_tanh'] as const;
    const found = this.oneOf(name, known, 'gelu');
    // Two names of one function.
    return found === 'gelu_pytorch_tanh' ? 'gelu_new' : found;
  }

  /** Refuses a field that is set to anything but `value` (or missing): `why` ends the message. */
  mustBe(name: string, value: unknown, why: string): void {
    const found = this.get(name);
    if (found !== null && found !== value) throw unsupported(`${name} is ${JSON.stringify(found)}: ${why}`);
  }

  /** The number of labels: from `id2label`, or 2 as Hugging Face assumes. */
  labelCount(): number {
    const id2label = this.get('id2label');
    if (id2label === null) return 2;
    const count = typeof id2label === 'object' ? Object.keys(id2label).length : 0;
    if (count === 0) throw unsupported(`id2label must name at least one label, found ${JSON.stringify(id2label)}`);
    return count;
  }
}

/** @throws RungError where sizes do not go together. `sizeName` and `headsName` as in the family's config.json. */
export function checkSizes(config: EncoderConfig, sizeName: string, headsName: string): void {
  if (config.dim % config.heads !== 0)
    throw unsupported(`${sizeName} ${config.dim} is not divisible by ${headsName} ${config.heads}`);
  if (config.padTokenId >= config.vocabSize)
    throw unsupported(`pad_token_id ${config.padTokenId} is outside the vocabulary`);
}

/** The fields of config.json that say what the model is for: several labels, by these names. */
export function classifierJson(architecture: string, labelNames: readonly string[]): Record<string, unknown> {
  return {
    architectures: [architecture],
    problem_type: 'multi_label_classification',
    torch_dtype: 'float32',
    id2label: Object.fromEntries(labelNames.map((name, i) => [String(i), name])),
    label2id: Object.fromEntries(labelNames.map((name, i) => [name, i])),
  };
}
