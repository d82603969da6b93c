/** What a file means that was dropped anywhere on the page: a table to learn from, or a model to predict with. */
import { toRungError } from '../shared/errors.ts';
import type { ImportOptions } from '../worker/protocol.ts';
import { notifications } from '@mantine/notifications';
import { useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { goTo } from './places.ts';
import { usePredictStore } from './predictStore.ts';

/** Opens a table; a zip or weights file is taken for a model. */
export function openDropped(file: File, options?: ImportOptions): void {
  if (/\.(zip|safetensors)$/i.test(file.name)) void openModelFiles([file]);
  else void useDataStore.getState().openFile(file, options);
}

/** Reads a dropped package. One with a trained head predicts at once; a bare encoder becomes the one to train. */
export async function openModelFiles(files: File[]): Promise<void> {
  try {
    const { model, encoder, warnings } = await useEngineStore.getState().openPackage(files, () => undefined);
    for (const message of warnings) notifications.show({ message, color: 'yellow' });
    if (model) {
      usePredictStore.getState().adopt(model);
      goTo('predict');
    } else {
      const { config, setConfig } = useEngineStore.getState();
      setConfig({ ...config, encoder: encoder.source });
      notifications.show({ message: `${encoder.name} is the encoder of the next training.` });
    }
  } catch (thrown) {
    const { message, hint } = toRungError(thrown);
    notifications.show({ title: message, message: hint, color: 'red', autoClose: false });
  }
}
