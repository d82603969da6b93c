/**
 * Why a loaded model says what it says of a title. The pushes of words start from the title with every word's tokens replaced by the pad
 * token, the special tokens kept: what the model says of a title of this length that says nothing.
 */
import { findCounterfactuals } from '../explain/counterfactuals.ts';
import { integrateGradients, pushesOfWords } from '../explain/integratedGradients.ts';
import { disagree, titlesWithoutOne } from '../explain/leaveOneOut.ts';
import { wordsOfLabel } from '../explain/vocabulary.ts';
import { tokeniseWords, wordsOf, type TokenisedWords } from '../explain/words.ts';
import type { Completeness, Counterfactuals, Explanation, KeptTitles } from '../shared/explanation.ts';
import { unpackStrings } from '../shared/strings.ts';
import { Classifier, type LoadedModel } from './classifier.ts';

/** Titles a call, so that what is typed meanwhile is predicted in between. */
const chunkTitles = 256;
/** Words of the training titles that may come into a title. */
const vocabularySize = 40;
/** A classical classifier may be wholly sure: log-odds are cut here. */
const surest = 1e-6;

interface LabelScores {
  logits: number[];
  probabilities: number[];
}

/** Log-odds and probability of one label, one a title. */
async function scoresOfLabel(model: LoadedModel, label: number, titles: readonly string[]): Promise<LabelScores> {
  const scores: LabelScores = { logits: [], probabilities: [] };
  for (let from = 0; from < titles.length; from += chunkTitles) {
    const chunk = titles.slice(from, from + chunkTitles);
    const { logits, probabilities } = await allScores(model, chunk);
    const labels = probabilities.length / chunk.length;
    for (let at = label; at < probabilities.length; at += labels) {
      scores.logits.push(logits[at]);
      scores.probabilities.push(probabilities[at]);
    }
  }
  return scores;
}

async function allScores(model: LoadedModel, titles: readonly string[]) {
  if (model instanceof Classifier) return model.scores(titles);
  const probabilities = await model.predict(titles);
  const logits = probabilities.map((probability) => {
    const p = Math.min(1 - surest, Math.max(surest, probability));
    return Math.log(p / (1 - p));
  });
  return { logits, probabilities };
}

/** The words of a title and what each does to the label at `label`. */
export async function explainTitle(model: LoadedModel, title: string, label: number): Promise<Explanation> {
  const encoder = model instanceof Classifier ? model : null;
  const cleaned = encoder ? encoder.clean(title) : title.trim();
  const tokens = encoder && tokeniseWords(cleaned, (text) => encoder.encode(text));
  const { words, unread } = tokens ?? { words: wordsOf(cleaned), unread: 0 };
  const rest = cleaned.slice(words.at(-1)?.to ?? 0);
  const scores = await scoresOfLabel(model, label, [cleaned, ...titlesWithoutOne(words, rest)]);
  const [logit] = scores.logits;
  const attribution = encoder && tokens && words.length > 0 ? await attribute(encoder, tokens, label) : null;
  return {
    title: cleaned,
    label,
    words: words.map(({ text, from, to }, i) => {
      const push = attribution ? attribution.pushes[i] : null;
      const drop = logit - scores.logits[i + 1];
      const disagrees = push !== null && disagree({ push, drop });
      return { text, from, to, push, drop, disagrees, without: scores.probabilities[i + 1] };
    }),
    unread,
    probability: scores.probabilities[0],
    logit,
    completeness: attribution && attribution.completeness,
  };
}

async function attribute(
  model: Classifier,
  { ids, wordOf, words }: TokenisedWords,
  label: number,
): Promise<{ pushes: Float64Array; completeness: Completeness }> {
  const from = ids.map((id, token) => (wordOf[token] >= 0 ? model.padTokenId : id));
  const { pushes, baseline, steps, completenessError } = await integrateGradients(ids.length, (alphas) =>
    model.alongPath({ ids, from, label }, alphas),
  );
  return {
    pushes: pushesOfWords(pushes, wordOf, words.length),
    completeness: { baseline, steps, error: completenessError },
  };
}

/**
 * Titles a few words away in which the label, given from `threshold` on, turns over.
 * @param kept the model's training titles, whose words may come in; null: words are only taken out
 */
export async function changeTitle(
  model: LoadedModel,
  title: string,
  { label, threshold }: { label: number; threshold: number },
  kept: KeptTitles | null,
): Promise<Counterfactuals> {
  const cleaned = model instanceof Classifier ? model.clean(title) : title.trim();
  const now = await scoresOfLabel(model, label, [cleaned]);
  const holds = now.probabilities[0] >= threshold;
  const vocabulary = kept ? vocabularyOf(kept, label, !holds) : [];
  const { found, tried } = await findCounterfactuals({
    words: wordsOf(cleaned),
    holds,
    threshold,
    vocabulary,
    predict: (titles) => scoresOfLabel(model, label, titles),
  });
  return { label, holds, found, tried, vocabulary: kept !== null };
}

function vocabularyOf(kept: KeptTitles, label: number, present: boolean): string[] {
  const titles = unpackStrings(kept.titles);
  const labelCount = titles.length === 0 ? 1 : kept.labels.length / titles.length;
  return wordsOfLabel({ titles, labels: kept.labels, labelCount }, label, present, vocabularySize);
}
