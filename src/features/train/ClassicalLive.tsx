/** A search of classical classifiers that runs: each label with what leads on it so far. */
import type { LiveRun } from '../../shared/live.ts';
import { formatCount, formatFigure } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import classes from './TrainScreen.module.css';

export interface ClassicalLiveProps {
  live: LiveRun;
  labelNames: readonly string[];
}

/** @see ClassicalLiveProps */
export function ClassicalLive({ live, labelNames }: ClassicalLiveProps) {
  return (
    <section className={classes.panel} aria-label="Labels">
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">Best so far</th>
              <th scope="col">F1 on inner folds</th>
              <th scope="col">Tried</th>
            </tr>
          </thead>
          <tbody>
            {labelNames.map((name, i) => {
              const trials = live.trials.filter(({ label }) => label === name);
              const decided = live.chosen.some(({ label }) => label === name);
              const best = trials.reduce<(typeof trials)[number] | null>(
                (first, trial) => (first === null || trial.f1 > first.f1 ? trial : first),
                null,
              );
              return (
                <tr key={name}>
                  <th scope="row">
                    <LabelChip name={name} index={i} quiet />
                  </th>
                  <td>{best ? `${best.candidate}${decided ? ', chosen' : ''}` : 'waits'}</td>
                  <td>{formatFigure(best?.f1)}</td>
                  <td>{formatCount(trials.length)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
