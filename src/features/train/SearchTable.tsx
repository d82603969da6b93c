/** The trials of a search for settings, the best first, those on more rows before those on fewer. */
import { Text } from '@mantine/core';
import {
  bestTrial,
  searchRounds,
  type SearchedSetting,
  type SearchPlan,
  type SearchTrial,
  type TrialSettings,
} from '../../shared/search.ts';
import type { EpochFigure } from '../../shared/training.ts';
import {
  formatCount,
  formatCounted,
  formatDuration,
  formatFigure,
  formatPercent,
  formatSmall,
} from '../../ui/format.ts';
import classes from './TrainScreen.module.css';

export interface SearchTableProps {
  plan: SearchPlan;
  trials: readonly SearchTrial[];
  figure: EpochFigure;
}

export const settingNames: Record<SearchedSetting, string> = {
  learningRate: 'Learning rate',
  layerDecay: 'Rate from layer to layer',
  epochs: 'Epochs',
  loss: 'Loss',
  dropout: 'Dropout',
  batchSize: 'Batch size',
};

const shortLoss: Record<TrialSettings['loss'], string> = {
  bce: 'cross-entropy',
  focal: 'focal',
  asymmetric: 'asymmetric',
};

/** A value in words. */
export function settingText(settings: TrialSettings, name: SearchedSetting): string {
  switch (name) {
    case 'loss':
      return shortLoss[settings.loss];
    case 'dropout':
      return formatPercent(settings.dropout);
    case 'epochs':
    case 'batchSize':
      return formatCount(settings[name]);
    case 'learningRate':
    case 'layerDecay':
      return formatSmall(settings[name]);
  }
}

/** @see SearchTableProps */
export function SearchTable({ plan, trials, figure }: SearchTableProps) {
  const best = bestTrial(trials);
  const sorted = trials.toSorted((a, b) => b.share - a.share || b.score - a.score);
  const rounds = searchRounds(plan);
  const planned = rounds.reduce((sum, round) => sum + round.trials, 0);
  const [name, inText] = figure === 'microF1' ? ['Micro-F1', 'micro-F1'] : ['Macro-F1', 'macro-F1'];
  return (
    <section aria-label="Settings tried">
      <Text size="sm" mb="sm" className="tabular">
        {formatCount(trials.length)} of {formatCounted(planned, 'trial')} done
        {best && `, best ${inText} ${formatFigure(best.score)} on rows it did not learn from`}
      </Text>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Settings</th>
              <th scope="col">{name}</th>
              {rounds.length > 1 && <th scope="col">Rows</th>}
              {plan.settings.map((setting) => (
                <th key={setting} scope="col">
                  {settingNames[setting]}
                </th>
              ))}
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((trial) => (
              <tr key={`${trial.round}.${trial.number}`} data-best={trial === best || undefined}>
                <th scope="row">
                  {trial.number === 1 ? '1, as they are' : trial.number}
                  {trial === best && ' (best)'}
                </th>
                <td>{formatFigure(trial.score)}</td>
                {rounds.length > 1 && <td>{formatPercent(trial.share)}</td>}
                {plan.settings.map((setting) => (
                  <td key={setting}>{settingText(trial.settings, setting)}</td>
                ))}
                <td>{formatDuration(trial.seconds)}</td>
              </tr>
            ))}
            {trials.length === 0 && (
              <tr>
                <td colSpan={plan.settings.length + 4}>The first trial runs.</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
