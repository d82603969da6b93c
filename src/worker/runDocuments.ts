/** Runs as documents: written out of the archive and taken into it. */
import { parseRunDocument, runDocument } from '../formats/runDocument.ts';
import { eventFile } from '../formats/tensorBoard.ts';
import { RungError } from '../shared/errors.ts';
import type { RunRecord } from '../shared/training.ts';
import { checkRunRecord } from '../storage/runSchema.ts';
import type { RunFile } from '../shared/runFiles.ts';
import type { Encoders } from './encoders.ts';
import type { RunArchive } from './runArchive.ts';
import { writeRunExport } from './runExports.ts';

/** @throws RungError 'not-found', 'busy' for a run that is not ended, or as `eventFile` and `writeRunExport` */
export async function writeRunFile(archive: RunArchive, encoders: Encoders, id: string, file: RunFile): Promise<Blob> {
  const run = await archive.get(id);
  if (run.status === 'running') {
    throw new RungError('busy', `“${run.name}” is still training.`, 'Wait until it ends, or stop it.');
  }
  if (file === 'events') return new Blob([eventFile(run)]);
  if (file !== 'document') return writeRunExport(archive, encoders, run, file);
  return new Blob([runDocument(run)], { type: 'application/json' });
}

/** Keeps the run of a document under an id of its own. @throws RungError when the file is none, or cannot be kept */
export async function readRunDocument(archive: RunArchive, file: File): Promise<RunRecord> {
  const checked = checkRunRecord(parseRunDocument(await file.text(), file.name));
  if ('reason' in checked) {
    const message = `Reading ${file.name} as the document of a run: ${checked.reason}.`;
    throw new RungError('file-corrupt', message, 'Use the document as Rung wrote it.');
  }
  const run: RunRecord = { ...checked.record, id: crypto.randomUUID(), weightBytes: 0 };
  const problem = await archive.put(run);
  if (problem?.code === 'internal') throw problem;
  return run;
}

/** What a JSON file is, by its first characters. @throws RungError `file-unsupported` for one that Rung did not write */
export async function kindOfJson(file: File): Promise<'run' | 'classical'> {
  const start = await file.slice(0, 200).text();
  if (start.includes('"rung-run"')) return 'run';
  if (start.includes('"rung-classical"')) return 'classical';
  throw new RungError(
    'file-unsupported',
    `Reading ${file.name}: it is neither the document of a run nor a classical model of Rung.`,
    'Of other JSON files Rung reads none alone: drop a model’s whole folder, or a table as CSV or Excel.',
  );
}
