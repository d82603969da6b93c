/** Probabilities of titles, from what the page holds. */
import { cleanTitle } from '../data/cleaning.ts';
import { PackedWeights } from '../formats/htmlWeights.ts';
import { classicalFeatures, classicalProbabilities, readClassicalModel } from '../recipes/classicalModel.ts';
import { memberPrefix } from '../shared/members.ts';
import { meanOf } from '../shared/mean.ts';
import { normaliser } from '../text/normalise.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { PlainModel } from './forward.ts';
import type { ClassicalPayload, EncoderPayload } from '../recipes/pagePayload.ts';

/** Titles, in any number -> titles x labels. `pause` is awaited between two batches. */
export type PlainPredict = (
  titles: readonly string[],
  pause: () => Promise<void>,
) => Promise<Float32Array<ArrayBuffer>>;

/** @param weights of an encoder; a classical model has none. @throws RungError or Error when something is missing or damaged */
export async function loadPredictor(
  model: EncoderPayload | ClassicalPayload,
  weights: ArrayBuffer,
): Promise<PlainPredict> {
  return model.kind === 'encoder' ? encoderPredictor(model, weights) : classicalPredictor(model);
}

async function encoderPredictor(payload: EncoderPayload, weights: ArrayBuffer): Promise<PlainPredict> {
  const { config, cleaning, normalisation, tensors } = payload;
  const maxTokens = Math.min(payload.maxTokens, config.maxPositions);
  const tokenizer = loadTokenizer(payload.tokenizer, payload.tokenizerConfig ?? undefined);
  const packed = new PackedWeights(tensors, weights);
  const models: PlainModel[] = [];
  for (let i = 0; i < payload.members; i++) {
    const read = (name: string, out: Float32Array, firstRow?: number): void =>
      packed.read(memberPrefix(i) + name, out, firstRow);
    models.push(await PlainModel.load(config, { read }, maxTokens));
  }
  const normalise = normalisation ? normaliser(normalisation) : (title: string) => title;
  return async (titles, pause) => {
    const tokens = titles.map((title) => tokenizer.encode(normalise(cleanTitle(title, cleaning)), maxTokens));
    const lengths = tokens.map((ids) => ids.length);
    const probabilities = new Float32Array(titles.length * config.labels);
    for (let from = 0; from < titles.length;) {
      const end = models[0].fitting(lengths, from);
      const batch = tokens.slice(from, end);
      // Copied: a model's logits lie in memory that its next call writes.
      const logits = meanOf(models.map((model) => model.logits(batch).slice()));
      for (let i = 0; i < logits.length; i++) probabilities[from * config.labels + i] = 1 / (1 + Math.exp(-logits[i]));
      from = end;
      await pause();
    }
    return probabilities;
  };
}

function classicalPredictor({ model }: ClassicalPayload): PlainPredict {
  const saved = readClassicalModel(new TextEncoder().encode(JSON.stringify(model)));
  return async (titles) => {
    const cleaned = titles.map((title) => cleanTitle(title, saved.cleaning));
    return classicalProbabilities(saved.model, classicalFeatures(saved.model, cleaned));
  };
}
