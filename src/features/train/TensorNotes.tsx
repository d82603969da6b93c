/** What reading a checkpoint left over and what was made anew, folded: mostly heads of other tasks. */
import type { TensorReport } from '../../shared/training.ts';
import { formatCounted } from '../../ui/format.ts';
import classes from './HubField.module.css';

export function TensorNotes({ report }: { report: TensorReport }) {
  const { unused, fresh } = report;
  if (unused.length + fresh.length === 0) return null;
  return (
    <details className={classes.report}>
      <summary>
        {[
          unused.length > 0 && `${formatCounted(unused.length, 'tensor')} of the checkpoint not used`,
          fresh.length > 0 && `${fresh.length} made anew`,
        ]
          .filter((part) => part !== false)
          .join(', ')}
      </summary>
      {unused.length > 0 && (
        <>
          Not used, because the classifier that is trained has no place for them:
          <TensorNames names={unused} />
        </>
      )}
      {fresh.length > 0 && (
        <>
          Drawn at random, to be learnt from your rows:
          <TensorNames names={fresh} />
        </>
      )}
    </details>
  );
}

function TensorNames({ names }: { names: string[] }) {
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}
