/** Which parameters are trained, and at which share of the learning rate: what torch would have as parameter groups. */
import { layerOf, type ModelConfig } from '../models/model.ts';

/**
 * What the learning rate of a parameter is multiplied by: `layerDecay` once for each layer between it and the head (Clark et al. 2020,
 * ELECTRA, arXiv:2003.10555, section A). Null: the parameter is frozen, and neither decays nor has a gradient.
 * @param frozenLayers layers from below, the embeddings first; the head is always trained.
 */
export function rateFactorOf(
  config: ModelConfig,
  name: string,
  { layerDecay = 1, frozenLayers = 0 }: { layerDecay?: number; frozenLayers?: number },
): number | null {
  const layer = layerOf(config, name);
  const head = config.layers + 1;
  return layer < Math.min(frozenLayers, head) ? null : layerDecay ** (head - layer);
}
