/** What a run was trained with, whatever its kind. */
import type { Method, RunRecord } from './training.ts';

export function methodOf(run: RunRecord): Method {
  switch (run.kind) {
    case 'finetune':
      return { kind: 'finetune', config: run.config };
    case 'classical':
      return { kind: 'classical', config: run.config };
    case 'cross-validation':
      return run.method;
  }
}

/** The seed of its split; of a cross-validation, the first of its seeds. */
export function seedOf(run: RunRecord): number {
  return run.kind === 'cross-validation' ? (run.crossValidation.seeds[0] ?? 0) : run.config.seed;
}

/** What answers: the encoder that was fine-tuned, or the classical classifiers. */
export function modelNameOf(run: RunRecord): string {
  const encoderName = run.kind === 'classical' ? null : run.encoderName;
  return encoderName ?? 'One classifier for each label';
}
