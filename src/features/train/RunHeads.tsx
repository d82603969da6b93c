/** Heads of a table with a column for each run: its line in the charts, its name. */
import type { RunRecord } from '../../shared/training.ts';
import { runStyle } from './series.ts';

export function RunHeads({ runs }: { runs: RunRecord[] }) {
  return runs.map((run, i) => {
    const { colour, dash } = runStyle(i);
    return (
      <th key={run.id} scope="col">
        <svg width="16" height="6" aria-hidden="true">
          <line x1="0" x2="16" y1="3" y2="3" strokeWidth="2.5" stroke={colour} strokeDasharray={dash} />
        </svg>{' '}
        {run.name}
      </th>
    );
  });
}
