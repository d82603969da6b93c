/** Work on a device that may go away: from then on every call fails with what the device said, not with what came of it. */
import { onDeviceFailure } from '../kernels/backend.ts';
import { toRungError, type RungError } from '../shared/errors.ts';
import { nextTask } from './eventLoop.ts';

export interface WatchedDevice {
  /** What comes of `work`; when the device has failed before or meanwhile, that error instead. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** @throws RungError when the device has failed. */
  check(): void;
  release(): void;
}

export function watchedDevice(): WatchedDevice {
  let failure: RungError | null = null;
  const release = onDeviceFailure((error) => {
    // What fails after the first is a consequence of it, unless the device itself goes.
    if (!failure || error.code === 'device-lost') failure = error;
  });
  const check = (): void => {
    if (failure) throw failure;
  };
  return {
    release,
    check,
    async watch(work) {
      check();
      try {
        const value = await work();
        check();
        return value;
      } catch (thrown) {
        // A read fails a moment before the loss is announced.
        await nextTask();
        throw failure ?? toRungError(thrown);
      }
    },
  };
}
