/** What a search for settings tries and how it judges, and the button that starts it. */
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { defaultSearchPlan, searchedSettings, searchRounds, type SearchPlan } from '../../shared/search.ts';
import { formatCounted, formatPercent } from '../../ui/format.ts';
import { searchProblems } from './configProblems.ts';
import { NumberField } from './NumberField.tsx';
import classes from './RecipePanel.module.css';
import { settingNames } from './SearchTable.tsx';

export interface SearchFieldsProps {
  /** Why nothing can be trained now; null when it can. */
  blocked: string | null;
  onSearch: (plan: SearchPlan) => void;
}

const step = (value: number, direction: 1 | -1): number => value + direction;

/** @see SearchFieldsProps */
export function SearchFields({ blocked, onSearch }: SearchFieldsProps) {
  const [plan, setPlan] = useState(defaultSearchPlan);
  const change = (next: Partial<SearchPlan>): void => setPlan({ ...plan, ...next });
  const problems = searchProblems(plan);
  const wrong = Object.keys(problems).length > 0;
  return (
    <section className={classes.measure} aria-label="Search settings">
      <h3>Search settings</h3>
      <p className={classes.text}>
        Tries settings around those under Adjust and shows which did best on rows that they did not learn from. Test
        rows are never looked at, so that figures of a run on one split stay honest; a cross-validation afterwards also
        measures on rows that the search has seen.
      </p>
      <div className={classes.searchFields}>
        <NativeSelect
          label="How"
          value={plan.method}
          data={[
            { value: 'halving', label: 'Successive halving' },
            { value: 'random', label: 'Random' },
          ]}
          onChange={(event) => change({ method: event.currentTarget.value === 'random' ? 'random' : 'halving' })}
        />
        <NumberField
          label="Settings tried"
          value={plan.trials}
          step={step}
          error={problems.trials}
          onChange={(trials) => change({ trials })}
        />
        <NativeSelect
          label="Judged on"
          value={plan.folds > 1 ? 'folds' : 'validation'}
          data={[
            { value: 'validation', label: 'Validation rows' },
            { value: 'folds', label: 'Inner folds' },
          ]}
          onChange={(event) => change({ folds: event.currentTarget.value === 'folds' ? 3 : 1 })}
        />
        {plan.folds > 1 && (
          <NumberField
            label="Inner folds"
            value={plan.folds}
            step={step}
            error={problems.folds}
            onChange={(folds) => change({ folds })}
          />
        )}
      </div>
      <Checkbox.Group
        label="What is searched"
        value={plan.settings}
        error={problems.settings}
        onChange={(chosen) => change({ settings: searchedSettings.filter((name) => chosen.includes(name)) })}
      >
        <div className={classes.searched}>
          {searchedSettings.map((name) => (
            <Checkbox key={name} value={name} label={settingNames[name]} />
          ))}
        </div>
      </Checkbox.Group>
      <p className={classes.text}>{wrong ? '' : costText(plan)}</p>
      <Button
        variant="default"
        disabled={wrong || blocked !== null}
        leftSection={<Search size={16} aria-hidden="true" />}
        onClick={() => onSearch(plan)}
      >
        Search settings
      </Button>
    </section>
  );
}

/** What it takes, in trainings of one model on all rows: trials average none. */
function costText(plan: SearchPlan): string {
  const rounds = searchRounds(plan);
  const trainings = rounds.reduce((sum, { trials, share }) => sum + trials * share, 0) * plan.folds;
  const cost = `About as much time as ${formatCounted(Math.round(trainings), 'training')} of one model.`;
  if (rounds.length === 1) return cost;
  const steps = rounds.map(({ trials, share }) => `${trials} on ${formatPercent(share)}`).join(', then ');
  return `${cost} Of the rows to learn from: ${steps}, the best of each round going on.`;
}
