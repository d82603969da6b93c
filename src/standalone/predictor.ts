/** Probabilities of titles, from what the page holds. */
import { cleanTitle } from '../data/cleaning.ts';
import { PackedWeights } from '../formats/htmlWeights.ts';
import { classicalFeatures, classicalProbabilities, readClassicalModel } from '../recipes/classicalModel.ts';
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
  const model = await PlainModel.load(config, new PackedWeights(tensors, weights), maxTokens);
  const normalise = normalisation ? normaliser(normalisation) : (title: string) => title;
  return async (titles, pause) => {
    const tokens = titles.map((title) => tokenizer.encode(normalise(cleanTitle(title, cleaning)), maxTokens));
    const lengths = tokens.map((ids) => ids.length);
    const probabilities = new Float32Array(titles.length * config.labels);
    for (let from = 0; from < titles.length;) {
      const end = model.fitting(lengths, from);
      const logits = model.logits(tokens.slice(from, end));
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
