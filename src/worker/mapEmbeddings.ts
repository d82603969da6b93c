/** What a run's model makes of a few titles, for the map; the page asks for them piece by piece, so that it can stop. */
import * as Comlink from 'comlink';
import type { TitleEmbeddings } from '../shared/titleMap.ts';
import type { Classifier } from './classifier.ts';

/** Buffers are transferred. */
export async function embedForMap(model: Classifier, titles: readonly string[]): Promise<TitleEmbeddings> {
  const vectors = await model.embed(titles);
  const probabilities = await model.predict(titles);
  const embeddings = { vectors, dim: model.dim, probabilities };
  return Comlink.transfer(embeddings, [vectors.buffer, probabilities.buffer]);
}
