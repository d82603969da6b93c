import type { ModelInfo } from '../../shared/training.ts';
import type { EngineApi } from '../../worker/protocol.ts';

export type Explainer = Pick<EngineApi, 'explain' | 'counterfactuals' | 'nearestTitles'>;

/** What is asked about a title. */
export interface Question {
  model: ModelInfo;
  explainer: Explainer;
  title: string;
  label: number;
  /** Whether it is to be asked now. */
  asked: boolean;
}
