/** What the last search for settings came to, and the way to use it. */
import { Button, Group, Text } from '@mantine/core';
import { Check, X } from 'lucide-react';
import { bestTrial, type SearchPlan, type SearchResult, type SearchTrial } from '../../shared/search.ts';
import { SearchTable, settingNames, settingText } from './SearchTable.tsx';
import classes from './TrainScreen.module.css';

export interface SearchProps {
  /** Null before the first search. */
  result: SearchResult | null;
  onSearch: (plan: SearchPlan) => void;
  onUse: (trial: SearchTrial, plan: SearchPlan) => void;
  onDismiss: () => void;
}

/** @see SearchProps */
export function SearchResults({ result, onUse, onDismiss }: SearchProps & { result: SearchResult }) {
  const { plan, trials, figure, recipeName, dataName } = result;
  const best = bestTrial(trials);
  return (
    <section className={classes.panel} aria-label="Result of the search">
      <Group justify="space-between" gap="md" mb="sm">
        <div>
          <strong>Settings searched for {recipeName}</strong>
          <Text size="sm" c="var(--muted)">
            On {dataName}.{' '}
            {best &&
              (best.number === 1
                ? 'Nothing that was tried did better than the settings at hand.'
                : `Best: ${plan.settings.map((name) => `${settingNames[name].toLowerCase()} ${settingText(best.settings, name)}`).join(', ')}.`)}
          </Text>
        </div>
        <Group gap="xs">
          {best && (
            <Button
              size="compact-md"
              leftSection={<Check size={16} aria-hidden="true" />}
              onClick={() => onUse(best, plan)}
            >
              Use these settings
            </Button>
          )}
          <Button
            size="compact-md"
            variant="default"
            leftSection={<X size={16} aria-hidden="true" />}
            onClick={onDismiss}
          >
            Dismiss
          </Button>
        </Group>
      </Group>
      <SearchTable plan={plan} trials={trials} figure={figure} />
    </section>
  );
}
