/** Measures how well titles find their entries: figures of every kind of score, for entries that training saw titles of and for those it did not. */
import { questionGroups, type MatchingRow, type Scoring } from '../../shared/matching.ts';
import { nextTask } from '../../training/eventLoop.ts';
import { matchingFigures, type Answer } from './figures.ts';
import type { Question } from './questions.ts';
import type { Ranking } from './ranking.ts';

/** Of the bootstrap. */
const seed = 1;

/**
 * One row for each group that has questions.
 * @param vectors embeddings of the questions; normalised in place
 * @throws RungError `aborted` when `pause` does
 */
export async function measureRanking(
  ranking: Ranking,
  questions: readonly Question[],
  vectors: Float32Array,
  scoring: Scoring,
  when: MatchingRow['when'],
  checkStop: () => void,
): Promise<MatchingRow[]> {
  const answers: Answer[] = [];
  await ranking.eachTitle(
    questions.map(({ title }) => title),
    vectors,
    scoring,
    (i, scores) => answers.push(answerOf(scores, questions[i].entry)),
    async () => {
      await nextTask();
      checkStop();
    },
  );
  return questionGroups.flatMap((group) => {
    const own = answers.filter((_, i) => questions[i].group === group);
    if (own.length === 0) return [];
    const entries = new Set(own.map(({ entry }) => entry)).size;
    return [{ scoring, when, group, questions: own.length, entries, figures: matchingFigures(own, seed) }];
  });
}

function answerOf(scores: Float32Array, entry: number): Answer {
  let [first, above] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] > scores[first]) first = i;
    if (scores[i] > scores[entry]) above++;
  }
  return { entry, first, above };
}
