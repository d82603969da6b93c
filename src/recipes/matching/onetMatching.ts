/**
 * Recipe 5, "O*NET matching": the occupation of a title by likeness to the occupations' titles and descriptions, before and after a
 * contrastive fine-tuning on other titles of theirs.
 *
 * The published system (a general sentence encoder of 33 million parameters, 5 epochs on pairs of title and occupation) reports top-1
 * .25 and top-5 .48 before, .58 and .79 after, and does not say whether titles that are measured on were trained on. Here they never are
 * (see questions.ts), and occupations that training saw titles of are told from those that it did not.
 */
import type { NamedArrays } from '../../shared/arrays.ts';
import { concatenateAll } from '../../shared/concatenate.ts';
import { RungError } from '../../shared/errors.ts';
import type { MatchingConfig, MatchingEvent, MatchingReport, MatchingRow, Taxonomy } from '../../shared/matching.ts';
import { unpackStrings } from '../../shared/strings.ts';
import { ContrastiveTrainer } from '../../training/contrastiveTrainer.ts';
import { withHead } from '../encoder.ts';
import { Embedder } from './embedder.ts';
import { measureRanking } from './measure.ts';
import { exerciseOf, type Exercise, type Question } from './questions.ts';
import { Ranking, textOf } from './ranking.ts';

export interface MatchingInput {
  taxonomy: Taxonomy;
  embedder: Embedder;
  /** Embeddings of the entries' texts by that embedder, where they are known. */
  entryVectors: Float32Array | null;
  /** The encoder is the one that ships with Rung, whose pretraining is known. */
  shipped: boolean;
  config: MatchingConfig;
  /** Ends the training; it is measured all the same. */
  stopTraining: AbortSignal;
  /** Ends all of it. */
  stopAll: AbortSignal;
}

export interface MatchingOutcome {
  report: MatchingReport;
  /** Null when it was stopped before the first step. */
  weights: NamedArrays | null;
  epochsDone: number;
  stopped: boolean;
}

/** Title and description of every entry. */
export function entryTexts({ titles, descriptions }: Taxonomy): string[] {
  const texts = unpackStrings(descriptions);
  return unpackStrings(titles).map((title, i) => textOf(title, texts[i]));
}

/** Yields progress, returns the table. @throws RungError `too-few-rows`, `aborted`, or why training failed. */
export async function* onetMatching(input: MatchingInput): AsyncGenerator<MatchingEvent, MatchingOutcome> {
  const { taxonomy, embedder, config, stopTraining, stopAll } = input;
  const texts = entryTexts(taxonomy);

  yield { type: 'phase', message: 'Setting questions aside', fraction: null };
  const exercise = exerciseOf(taxonomy, config.seed);
  const { questions, train } = exercise;
  requireTitles(taxonomy, exercise);

  yield { type: 'phase', message: 'Measuring before fine-tuning', fraction: null };
  const rows = yield* measured(input, embedder, texts, input.entryVectors?.slice() ?? null, questions, 'before');

  const { architecture, weights } = withHead(embedder.encoder, 1, { keepHead: false, seed: config.seed, dropout: 0 });
  const tokens = embedder.encoder.tokenizer.encodeMany(
    [...train.map(({ title }) => title), ...texts],
    Math.min(config.maxTokens, embedder.maxTokens),
  );
  const trainer = new ContrastiveTrainer(
    architecture,
    weights,
    { tokens, textOf: Uint32Array.from(train, ({ entry }) => entry) },
    { ...config, batchTexts: config.batchEntries, titlesPerText: config.titlesPerEntry, dropout: 0.1 },
  );
  let trained: NamedArrays | null = null;
  const { totalSteps } = trainer;
  try {
    yield { type: 'started', totalSteps, trainTitles: train.length, questions: questions.length };
    let steps = 0;
    for await (const { step, epoch, loss, secondsLeft } of trainer.run(stopTraining)) {
      steps = step;
      yield { type: 'step', step, epoch, loss, secondsLeft };
    }
    if (steps > 0) trained = await trainer.read();
  } finally {
    trainer.dispose();
  }

  if (trained && !stopAll.aborted) {
    yield { type: 'phase', message: 'Measuring after fine-tuning', fraction: null };
    const after = new Embedder({ ...embedder.encoder, weights: trained });
    try {
      rows.push(...(yield* measured(input, after, texts, null, questions, 'after')));
    } finally {
      await after.unload();
    }
  }
  const { kind, leftOut } = exercise;
  return {
    report: {
      rows,
      questions: kind,
      entries: texts.length,
      trainTitles: train.length,
      leftOut,
      notes: notesOf(input, exercise),
    },
    weights: trained,
    epochsDone: trainer.epochsDone,
    stopped: stopTraining.aborted,
  };
}

/** Embeds entries and questions and ranks by every score. Words alone are the same before and after. */
async function* measured(
  { stopAll }: MatchingInput,
  embedder: Embedder,
  texts: readonly string[],
  known: Float32Array | null,
  questions: readonly Question[],
  when: MatchingRow['when'],
): AsyncGenerator<MatchingEvent, MatchingRow[]> {
  const message = `Measuring ${when} fine-tuning`;
  const titles = questions.map(({ title }) => title);
  const all = known ? titles : [...titles, ...texts];
  const parts: Float32Array[] = [];
  for (let from = 0; from < all.length; from += 512) {
    yield { type: 'phase', message, fraction: (0.9 * from) / all.length };
    parts.push(await embedder.embed(all.slice(from, from + 512), undefined, stopAll));
  }
  const vectors = concatenateAll(new Float32Array(), parts);
  const asked = vectors.subarray(0, titles.length * embedder.dim);
  const ranking = new Ranking(texts, known ?? vectors.subarray(asked.length));
  const rows: MatchingRow[] = [];
  for (const scoring of when === 'before' ? (['words', 'encoder', 'both'] as const) : (['encoder', 'both'] as const)) {
    yield { type: 'phase', message, fraction: 0.9 + 0.1 * (rows.length / 6) };
    rows.push(...(await measureRanking(ranking, questions, asked, scoring, when, () => checkStop(stopAll))));
  }
  return rows;
}

function checkStop(signal: AbortSignal): void {
  if (signal.aborted) throw new RungError('aborted', 'Fine-tuning was stopped before there was anything to keep.');
}

function requireTitles({ alternates, name }: Taxonomy, { train, questions }: Exercise): void {
  if (train.length > 0 && questions.length > 0) return;
  const count = alternates.entries.length;
  const message = `Fine-tuning on ${name}: ${count} other titles of its entries leave ${train.length} to learn from and ${questions.length} to measure on.`;
  throw new RungError(
    'too-few-rows',
    message,
    'Drop a file with other titles by code beside it: O*NET has “Alternate Titles.txt”.',
  );
}

/** What must be known to read the figures. */
function notesOf({ taxonomy, shipped }: MatchingInput, { asPretrained, kind }: Exercise): string[] {
  const notes: string[] = [];
  if (asPretrained && shipped) {
    notes.push(
      'The shipped encoder was pretrained on titles of the occupations counted as seen, these very questions among them: how it does without having seen them stands under “not seen”, whose titles neither pretraining nor fine-tuning had.',
    );
  } else if (shipped && new TextDecoder().decode(taxonomy.codes.bytes).includes('data.europa.eu/esco')) {
    notes.push(
      'The shipped encoder was pretrained on all of ESCO’s titles: “not seen” holds for the fine-tuning only.',
    );
  } else if (!shipped) {
    notes.push('What this encoder saw in its pretraining is not known: “not seen” holds for the fine-tuning only.');
  }
  if (kind === 'alternates') {
    notes.push(
      'Questions are other titles from the same file, which are easier than those that people give for themselves.',
    );
  }
  return notes;
}
