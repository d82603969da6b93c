/** The search for settings: how it is started, what it came to. The last result outlasts the page; a trial is kept when it is done. */
import { create } from 'zustand';
import type { SearchProps } from '../features/train/SearchResults.tsx';
import { withRecommended, type SearchPlan, type SearchResult } from '../shared/search.ts';
import { figureOf } from '../shared/training.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { beginning, useEngineStore } from './engineStore.ts';
import { liveAfter } from './liveRun.ts';
import { chosenRecipe, dataChange } from './recipeChoice.ts';
import { readSearchResult } from './searchResult.ts';
import { engineWorker } from './workers.ts';

const key = 'rung-search';

/** Storage can be closed to a page, or full: the result then ends with the visit. */
function stored(): SearchResult | null {
  try {
    return readSearchResult(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(result: SearchResult | null): void {
  try {
    if (result === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(result));
  } catch {
    // The page shows it all the same.
  }
}

const useSearchStore = create<{ result: SearchResult | null }>(() => ({ result: stored() }));

function setResult(result: SearchResult | null): void {
  useSearchStore.setState({ result });
  keep(result);
}

/** Searches around the settings of the chosen recipe, on the rows it would train on. */
async function search(plan: SearchPlan): Promise<void> {
  const { live, config, recipe, prepare, fail } = useEngineStore.getState();
  const { state, dataset: prepared } = useDataStore.getState();
  const summary = summaryOf(state);
  if (live || !summary) return;
  const info = chosenRecipe(useEngineStore.getState());
  const method = { kind: 'finetune', config } as const;
  const first = beginning({ name: 'Search for settings', recipe, method, crossValidation: null });
  // Runs that were deleted go for good when the device is taken.
  useEngineStore.setState({
    error: null,
    lastDeleted: null,
    live: { ...first, search: { plan, current: null, done: [] } },
  });
  const result: SearchResult = {
    recipeName: info?.name ?? 'Rung',
    dataName: summary.source.name,
    plan,
    figure: figureOf(config),
    trials: [],
  };
  try {
    const dataset = await prepared(dataChange(info, prepare, summary.settings));
    const trials = await engineWorker.search({ dataset, config, plan }, (event) => {
      useEngineStore.setState((store) => ({ live: store.live && liveAfter(store.live, event) }));
      if (event.type !== 'search-trial') return;
      result.trials = [...result.trials, event.record];
      setResult({ ...result });
    });
    // The last trial may be told after the answer, when no one listens any more.
    if (trials.length > 0) setResult({ ...result, trials });
  } catch (thrown) {
    fail(thrown);
  } finally {
    useEngineStore.setState({ live: null });
  }
}

/** As the train screen takes it. */
export function useSearch(): SearchProps {
  const result = useSearchStore((store) => store.result);
  return {
    result,
    onSearch: (plan) => void search(plan),
    onUse: (trial, plan) => {
      const { config, setConfig } = useEngineStore.getState();
      setConfig(withRecommended(config, trial.settings, plan));
    },
    onDismiss: () => setResult(null),
  };
}
