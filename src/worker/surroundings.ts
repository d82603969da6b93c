/** What a run of any kind needs around it. */
import type { Backend, DeviceReport, TrainingEvent } from '../shared/training.ts';
import type { Encoders } from './encoders.ts';
import type { LiveTraining } from './live.ts';
import type { RunArchive } from './runArchive.ts';

export interface TrainingSurroundings {
  encoders: Encoders;
  archive: RunArchive;
  /** Classical models never ask for it. */
  startDevice: (backend: Backend | null) => Promise<DeviceReport>;
  live: LiveTraining;
  onEvent: (event: TrainingEvent) => void;
}
