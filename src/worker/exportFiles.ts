/** What leaves the browser of a kept run: the folder as a zip, the JSON of a classical one, or a page for colleagues. */
import { writeZip } from '../formats/zipWriter.ts';
import { classicalFileName, renewedClassicalFile } from '../recipes/classicalModel.ts';
import { exportFolder } from '../recipes/exportFolder.ts';
import { classicalPage, encoderPage, programPath } from '../recipes/exportHtml.ts';
import { RungError } from '../shared/errors.ts';
import type { OnnxFile } from '../shared/onnxFiles.ts';
import type { CrossValidatedRun, FinetunedRun } from '../shared/training.ts';
import type { ProgressListener } from './protocol.ts';
import type { RunArchive } from './runArchive.ts';

function noModel({ name }: CrossValidatedRun): RungError {
  return new RungError('not-found', `“${name}” is a cross-validation: it holds figures, no model.`);
}

/** See `EngineApi.exportRun`. */
export async function exportRunFiles(
  archive: RunArchive,
  id: string,
  onnx: OnnxFile[],
  onProgress: ProgressListener,
): Promise<Blob> {
  const run = await archive.get(id);
  onProgress('Reading the weights', null);
  if (run.kind === 'classical') {
    const file = renewedClassicalFile(await archive.file(id, classicalFileName), run);
    return new Blob([file], { type: 'application/json' });
  }
  if (run.kind === 'cross-validation') throw noModel(run);
  const files = await folderOf(archive, run, onnx, onProgress);
  onProgress('Writing the zip', null);
  return writeZip(files);
}

/** See `EngineApi.exportFiles`. */
export async function exportRunFolder(
  archive: RunArchive,
  id: string,
  onnx: OnnxFile[],
  onProgress: ProgressListener,
): Promise<Map<string, Blob>> {
  const run = await archive.get(id);
  if (run.kind === 'finetune') return folderOf(archive, run, onnx, onProgress);
  throw new RungError('not-found', `“${run.name}” holds no fine-tuned encoder.`);
}

async function folderOf(
  archive: RunArchive,
  run: FinetunedRun,
  onnx: OnnxFile[],
  onProgress: ProgressListener,
): Promise<Map<string, Blob>> {
  return exportFolder(await archive.files(run.id), run, onnx, (file, fraction) =>
    onProgress(`Writing ${file}`, fraction),
  );
}

/** See `EngineApi.exportPage`. @param baseUrl of the page's folder, where the program lies */
export async function exportRunPage(archive: RunArchive, id: string, baseUrl: string): Promise<Blob> {
  const run = await archive.get(id);
  if (run.kind === 'cross-validation') throw noModel(run);
  const program = await fetchProgram(new URL(programPath, baseUrl).href);
  return run.kind === 'classical'
    ? classicalPage(await archive.file(id, classicalFileName), run, program)
    : encoderPage(await archive.files(id), run, program);
}

async function fetchProgram(address: string): Promise<string> {
  const response = await fetch(address).catch(() => null);
  const isScript = response?.headers.get('content-type')?.includes('javascript') ?? false;
  if (response?.ok && isScript) return response.text();
  const message = `Writing the page: its program could not be fetched from ${address}.`;
  throw new RungError('offline', message, 'Reload the page while you are connected, then try again.');
}
