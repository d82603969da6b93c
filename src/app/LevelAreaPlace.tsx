/** "Level & area" wired to the workers; a chunk of its own, fetched when it is first opened. */
import { version } from '../../package.json';
import { LevelAreaScreen } from '../features/levelArea/LevelAreaScreen.tsx';
import { LevelAreaSession } from '../features/levelArea/levelAreaSession.ts';
import { useEngineStore } from './engineStore.ts';
import { dataWorker, engineWorker } from './workers.ts';

/** What is open stays when another place is looked at. */
const session = new LevelAreaSession(dataWorker.levelArea, engineWorker.levelArea, version);

export default function LevelAreaPlace() {
  const encoders = useEngineStore((store) => store.encoders);
  const backend = useEngineStore((store) => store.config.backend);
  const locked = useEngineStore((store) => store.live !== null);
  return <LevelAreaScreen session={session} encoders={encoders} backend={backend} locked={locked} />;
}
