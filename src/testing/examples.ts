/** Made-up titles that a model can learn: label c is set when token `8 + c` occurs. */
import type { Examples } from '../shared/arrays.ts';
import { Random } from '../shared/random.ts';

/** `count` titles of 3 to `longest` tokens from a vocabulary of `vocabSize`, first token 2, last token 3. */
export function learnableExamples(
  count: number,
  labelCount: number,
  vocabSize: number,
  seed: number,
  longest = 12,
): Examples {
  const random = new Random(seed);
  const ids: number[] = [];
  const starts = new Uint32Array(count + 1);
  const labels = new Uint8Array(count * labelCount);
  for (let i = 0; i < count; i++) {
    ids.push(2);
    const words = 1 + random.int(longest - 2);
    for (let k = 0; k < words; k++) {
      const cue = random.next() < 0.3;
      const id = 8 + (cue ? random.int(labelCount) : labelCount + random.int(vocabSize - 8 - labelCount));
      if (cue) labels[i * labelCount + id - 8] = 1;
      ids.push(id);
    }
    ids.push(3);
    starts[i + 1] = ids.length;
  }
  return { ids: Int32Array.from(ids), starts, labels, labelCount };
}
