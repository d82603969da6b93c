/** Several models that answer as one: the mean of their logits, of their embeddings, and of the slopes along a path. */
import type { ModelConfig } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { meanOf } from '../shared/mean.ts';
import { createPredictor, type Predictor, type Reader } from './trainer.ts';

/**
 * @param members weights of models of one architecture, at least one. Embeddings can be averaged because all began as the same encoder.
 * @throws RungError `weights-mismatch`. The caller disposes of it.
 */
export function createEnsemble(config: ModelConfig, members: readonly NamedArrays[]): Reader {
  const readers: Reader[] = [];
  const dispose = (): void => readers.forEach((reader) => reader.dispose());
  try {
    for (const weights of members) readers.push(createPredictor(config, weights));
  } catch (thrown) {
    dispose();
    throw thrown;
  }
  const inTurn =
    (question: 'logits' | 'embeddings'): Predictor['logits'] =>
    async (titles, onProgress, signal) => {
      const answers = [];
      for (const [i, reader] of readers.entries()) {
        // Titles done by all of them, so that progress goes from 0 to the end once.
        const tell = (done: number, total: number): void =>
          onProgress?.(Math.floor((i * total + done) / readers.length), total);
        answers.push(await reader[question](titles, tell, signal));
      }
      return meanOf(answers);
    };
  return {
    logits: inTurn('logits'),
    embeddings: inTurn('embeddings'),
    async alongPath(path, alphas) {
      const found = [];
      for (const reader of readers) found.push(await reader.alongPath(path, alphas));
      return { logits: meanOf(found.map(({ logits }) => logits)), slopes: meanOf(found.map(({ slopes }) => slopes)) };
    },
    dispose,
  };
}
