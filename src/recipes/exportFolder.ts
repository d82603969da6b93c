/** The Hugging Face folder that a user downloads: the kept one with its figures renewed, and the model as ONNX files where they are wanted. */
import type { ModelFolder } from '../formats/checkpoint.ts';
import { furtherMembers } from '../shared/members.ts';
import { readSmallFiles } from '../formats/package.ts';
import { onnxPath, type OnnxFile } from '../shared/onnxFiles.ts';
import type { FinetunedRun } from '../shared/training.ts';
import { readTrained, trainedMembers } from './encoder.ts';
import { exportOnnx } from './onnx/exportOnnx.ts';
import { withFigures } from './package.ts';

/**
 * `onProgress` is told the file and the share that is done.
 * @throws RungError as `readEncoder` and `exportOnnx`.
 */
export async function exportFolder(
  folder: ModelFolder,
  run: FinetunedRun,
  onnx: readonly OnnxFile[],
  onProgress: (file: string, fraction: number) => void,
): Promise<ModelFolder> {
  const renewed = withFigures(await readSmallFiles(folder), run);
  const files: ModelFolder = new Map(folder);
  for (const [name, bytes] of renewed) files.set(name, new Blob([bytes]));
  // One more may lie there when the page was closed while it was kept.
  for (const name of furtherMembers([...folder.keys()]).slice(run.members - 1)) files.delete(name);
  if (onnx.length === 0) return files;
  const encoder = await readTrained(folder, run);
  const labels = run.data.labelNames.length;
  const { architecture, members } = trainedMembers(encoder, labels);
  for (const [i, file] of onnx.entries()) {
    const path = onnxPath(file);
    onProgress(path, i / onnx.length);
    files.set(path, exportOnnx(architecture, members, file));
  }
  return files;
}
