/** One training from request to record, whatever is trained. */
import type { RunRecord } from '../shared/training.ts';
import type { TrainingRequest } from './protocol.ts';
import { runClassical } from './runClassical.ts';
import { runCrossValidation } from './runCrossValidation.ts';
import { runFinetune } from './runFinetune.ts';
import type { TrainingSurroundings } from './surroundings.ts';

/** @throws RungError; the record is then kept with status 'failed'. */
export async function runTraining(request: TrainingRequest, around: TrainingSurroundings): Promise<RunRecord> {
  const { method, crossValidation } = request;
  if (crossValidation) return runCrossValidation(request, crossValidation, around);
  return method.kind === 'finetune'
    ? runFinetune(request, method.config, around)
    : runClassical(request, method.config, around);
}
