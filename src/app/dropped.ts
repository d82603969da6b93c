/** What a file means that was dropped anywhere on the page: a table to learn from, or a model to predict with. */
import { toRungError } from '../shared/errors.ts';
import { holdsModel, namedByPath } from '../shared/modelDrop.ts';
import { notifications } from '@mantine/notifications';
import { useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { goTo } from './places.ts';
import { useSelectedRun } from './selectedRun.ts';
import { usePredictStore } from './predictStore.ts';

const failureId = 'dropped-failure';

/** Files dropped where no drop zone is: the user is taken to what they became. */
export function openStray(files: File[]): void {
  if (holdsModel(files)) {
    void openModelFiles(files);
    return;
  }
  notifications.hide(failureId);
  if (useEngineStore.getState().live) {
    const message = 'It trains on the table that is open. Stop it or wait, then drop the file again.';
    notifications.show({ title: 'A training is running', message, color: 'yellow' });
    return;
  }
  goTo('data');
  void useDataStore.getState().openFile(files[0]);
}

/** Reads a dropped package. One with a trained head predicts at once; a bare encoder becomes the one to train. */
export async function openModelFiles(files: File[]): Promise<void> {
  const { setLoading } = usePredictStore.getState();
  notifications.hide(failureId);
  try {
    const { model, encoder, run, warnings } = await useEngineStore
      .getState()
      .openPackage(files.map(namedByPath), setLoading);
    for (const message of warnings) notifications.show({ message, color: 'yellow' });
    if (model) {
      usePredictStore.getState().adopt(model);
      goTo('predict');
    } else if (run) {
      useSelectedRun.getState().select(run.id);
      goTo('results');
    } else if (encoder) {
      useEngineStore.getState().setEncoder(encoder.source);
      notifications.show({ message: `${encoder.name} is the encoder of the next training.` });
    }
  } catch (thrown) {
    const { message, hint } = toRungError(thrown);
    notifications.show({ id: failureId, title: message, message: hint, color: 'red', autoClose: 30_000 });
  } finally {
    setLoading(null);
  }
}
