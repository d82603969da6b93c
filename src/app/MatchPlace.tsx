/** Match wired to the workers; a chunk of its own, fetched when it is first opened. */
import { useMemo } from 'react';
import { MatchScreen } from '../features/match/MatchScreen.tsx';
import { MatchSession, type MatchTools } from '../features/match/matchSession.ts';
import { runReleased } from '../shared/runLocks.ts';
import { openModelFiles } from './dropped.ts';
import { useEngineStore } from './engineStore.ts';
import { goTo } from './places.ts';
import { dataWorker, engineWorker } from './workers.ts';

const tools: MatchTools = { data: dataWorker, matching: engineWorker.matching };
/** What is open stays when another place is looked at. */
const session = new MatchSession(tools);

const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
let guarded = false;

// As useGuards does for runs, but wherever the user looks meanwhile: this place is gone then, its session is not.
session.subscribe(() => {
  // Not before the worker has begun: it holds the lock by then.
  const live = (session.getSnapshot().live?.totalSteps ?? 0) > 0;
  if (live === guarded) return;
  guarded = live;
  if (live) {
    addEventListener('beforeunload', ask);
    runReleased(session.lock).catch(() => undefined);
  } else removeEventListener('beforeunload', ask);
});

function onTrain(zip: File): void {
  goTo('train');
  void openModelFiles([zip]);
}

export default function MatchPlace() {
  const encoders = useEngineStore((store) => store.encoders);
  const firstEncoder = useEngineStore((store) => store.config.encoder);
  const options = useMemo(() => encoders.map(({ source, name }) => ({ source, name })), [encoders]);
  return <MatchScreen session={session} tools={tools} encoders={options} {...{ firstEncoder, onTrain }} />;
}
