/** Decides after every epoch whether its weights are kept and whether the training ends early. */
import { figureOf, type EpochRecord, type TrainingConfig } from '../shared/training.ts';

/**
 * Seconds of training between two epochs that are kept while only the last one counts: weights come from the device and go to storage,
 * which takes longer than an epoch over a few rows.
 */
const keepInterval = 2;

type Settings = Pick<TrainingConfig, 'bestBy' | 'earlyStoppingPatience' | 'epochs'>;

export interface Verdict {
  keep: boolean;
  /** It is the last epoch: as planned, or since the figure has not risen for as long as early stopping lets pass. */
  ending: boolean;
}

export class EpochChoice {
  private readonly settings: Settings;
  private leading: { epoch: number; score: number; loss: number } | null = null;
  /** When the last epoch was kept, seconds of training. */
  private keptAt: number | null = null;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** To be asked of every epoch, in their order. */
  judge(record: EpochRecord): Verdict {
    const { bestBy, earlyStoppingPatience, epochs } = this.settings;
    const score = record[figureOf(this.settings)];
    const loss = record.validationLoss;
    const { leading } = this;
    // Before anything is predicted every F1 is 0; a falling loss says that the model learns all the same.
    const better =
      leading === null || score > leading.score || (score === 0 && leading.score === 0 && loss < leading.loss);
    if (better) this.leading = { epoch: record.epoch, score, loss };
    const since = better || leading === null ? 0 : record.epoch - leading.epoch;
    const ending = record.epoch >= epochs || (earlyStoppingPatience !== null && since >= earlyStoppingPatience);
    const due = this.keptAt === null || record.seconds - this.keptAt >= keepInterval;
    const keep = bestBy === 'last' ? ending || due : better;
    if (keep) this.keptAt = record.seconds;
    return { keep, ending };
  }
}
