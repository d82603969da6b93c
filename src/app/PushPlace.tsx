/** The push to the Hub wired to the workers; a chunk of its own, fetched with the first model on Export. */
import { PushPanel } from '../features/export/PushPanel.tsx';
import { PushSession } from '../features/export/pushSession.ts';
import type { OnnxFile } from '../shared/onnxFiles.ts';
import type { FinetunedRun } from '../shared/training.ts';
import { connectHubPush } from '../worker/client.ts';
import { engineWorker } from './workers.ts';

/** What is being pushed goes on when another place is looked at. */
const session = new PushSession({ exportFiles: engineWorker.exportFiles, connect: connectHubPush });

export default function PushPlace({ run, onnx }: { run: FinetunedRun; onnx: readonly OnnxFile[] }) {
  return <PushPanel key={run.id} run={run} onnx={onnx} session={session} />;
}
