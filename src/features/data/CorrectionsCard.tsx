import { Button, Group } from '@mantine/core';
import { ScanSearch } from 'lucide-react';
import type { CorrectionState } from '../../shared/dataset.ts';
import { formatCounted } from '../../ui/format.ts';
import { UndoRedo } from '../../ui/UndoRedo.tsx';
import settings from './SettingsCard.module.css';
import type { CorrectionActions } from './dataState.ts';
import css from './DataScreen.module.css';

export interface CorrectionsCardProps {
  state: CorrectionState;
  actions: CorrectionActions;
}

/** How many labels have been corrected, and the way to rows that may need it. */
export function CorrectionsCard({ state, actions }: CorrectionsCardProps) {
  const touched = state.changed + state.kept > 0;
  return (
    <section aria-labelledby="corrections-title">
      <h2 id="corrections-title" className={settings.title}>
        Labels
      </h2>
      <p className={css.nothing}>
        {touched
          ? `${formatCounted(state.changed, 'row')} corrected. Training uses the corrected labels; your file stays as it is.`
          : 'A quick check finds rows whose labels do not fit their titles. No training is needed.'}
      </p>
      <Group gap="xs" mt="sm">
        <Button
          size="xs"
          variant="light"
          leftSection={<ScanSearch size={16} aria-hidden="true" />}
          onClick={() => actions.onReview(true)}
        >
          Find likely mislabelled rows
        </Button>
        {(state.canUndo || state.canRedo) && (
          <>
            <UndoRedo canUndo={state.canUndo} canRedo={state.canRedo} onUndo={actions.onUndo} onRedo={actions.onRedo} />
            <Button size="xs" variant="subtle" onClick={() => actions.onReview(false)}>
              See the changes
            </Button>
          </>
        )}
      </Group>
    </section>
  );
}
