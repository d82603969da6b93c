/** What a run is, in a sentence. */
import { learntRowCount } from '../../shared/epochs.ts';
import type { RunRecord } from '../../shared/training.ts';
import { formatCounted, formatDuration } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';

export function runText(run: RunRecord): string {
  const took = formatDuration(run.seconds);
  switch (run.kind) {
    case 'finetune': {
      const kept = run.weightBytes > 0 ? `; kept are ${keptWeights(run)}` : '';
      const rows = formatCounted(learntRowCount(run), 'title');
      return `${run.encoderName}, trained on ${rows} of ${run.data.name} in ${took}, on ${run.device.name}${kept}.`;
    }
    case 'classical': {
      const rows = formatCounted(learntRowCount(run), 'title');
      return `One classical classifier for each label, trained on ${rows} of ${run.data.name} in ${took}, on the processor.`;
    }
    case 'cross-validation': {
      const { folds, seeds } = run.crossValidation;
      const what = run.encoderName ?? 'One classical classifier for each label';
      const repeats = seeds.length > 1 ? `, with ${seeds.length} seeds` : '';
      return `${what}, cross-validated on ${formatCounted(run.data.rows, 'title')} of ${run.data.name} in ${folds} folds${repeats}, in ${took}. It holds figures, no model.`;
    }
  }
}
