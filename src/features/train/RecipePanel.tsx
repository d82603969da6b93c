/** Which recipe is trained and how it is measured; folded away, for the first one does for most. */
import { Checkbox, Radio, SegmentedControl } from '@mantine/core';
import type { ClassicalConfig } from '../../shared/classical.ts';
import type { FoldPlan, RecipeFigures, RecipeInfo } from '../../shared/recipe.ts';
import { minimumSupport, type RecipeId } from '../../shared/training.ts';
import { Fold } from '../../ui/Fold.tsx';
import { formatCounted, formatFigure, formatInterval } from '../../ui/format.ts';
import { foldProblems } from './configProblems.ts';
import { NumberField } from './NumberField.tsx';
import { SearchFields, type SearchFieldsProps } from './SearchFields.tsx';
import classes from './RecipePanel.module.css';

export interface RecipePanelProps {
  /** Empty until they are known. */
  recipes: RecipeInfo[];
  chosen: RecipeId;
  onChoose: (id: RecipeId) => void;
  classical: ClassicalConfig;
  /** Null: one split. */
  foldPlan: FoldPlan | null;
  /** Whether the recipe has the rows its own way, where it has one. */
  prepare: boolean;
  search: SearchFieldsProps;
  onChange: (change: { classical?: ClassicalConfig; foldPlan?: FoldPlan | null; prepare?: boolean }) => void;
}

const oneSplit = 'One split';
const folded = 'Cross-validation';
const usualPlan: FoldPlan = { folds: 5, repeats: 1 };

/** @see RecipePanelProps */
export function RecipePanel(props: RecipePanelProps) {
  const { recipes, chosen, onChoose, foldPlan } = props;
  const recipe = recipes.find((known) => known.id === chosen);
  return (
    <section className={classes.panel} aria-label="Recipe">
      <Fold title="Recipe" note={`${recipe?.name ?? 'Rung'}, ${measureText(foldPlan)}`}>
        <div className={classes.body}>
          <Radio.Group
            label="What is trained"
            value={chosen}
            onChange={(value) => {
              const picked = recipes.find((known) => known.id === value);
              if (picked) onChoose(picked.id);
            }}
          >
            <div className={classes.recipes}>
              {recipes.map(({ id: value, name, summary }) => (
                <Radio key={value} value={value} label={name} description={summary} className={classes.recipe} />
              ))}
            </div>
          </Radio.Group>
          <div className={classes.about}>
            {recipe && <Description recipe={recipe} {...props} />}
            <Measure {...props} />
            <p className={classes.text}>
              Titles without labels: <a href="#/level-area">Level &amp; area</a> learns both from keywords.
            </p>
            {recipe?.method.kind === 'finetune' && <SearchFields {...props.search} />}
          </div>
        </div>
      </Fold>
    </section>
  );
}

function measureText(plan: FoldPlan | null): string {
  if (!plan) return 'one split';
  if (Object.keys(foldProblems(plan)).length > 0) return 'cross-validation';
  return `${plan.folds}-fold cross-validation${plan.repeats > 1 ? `, ${plan.repeats} seeds` : ''}`;
}

function Description({ recipe, prepare, onChange }: RecipePanelProps & { recipe: RecipeInfo }) {
  return (
    <div>
      <h3>{recipe.name}</h3>
      <p className={classes.text}>{recipe.description}</p>
      {recipe.mended && (
        <>
          <h4>What the original measured wrongly</h4>
          <p className={classes.text}>{recipe.mended}</p>
        </>
      )}
      <h4>What it reaches</h4>
      <Figures figures={recipe.figures ?? null} />
      {recipe.data && (
        <Checkbox
          checked={prepare}
          label={`${recipe.data.text}, for this run only`}
          onChange={(event) => onChange({ prepare: event.currentTarget.checked })}
        />
      )}
    </div>
  );
}

function Figures({ figures }: { figures: RecipeFigures | null }) {
  if (!figures) return <p className={classes.text}>Not measured on the project’s own data yet.</p>;
  const { microF1, macroF1Supported, exactMatch, rocAuc, seeds, data, how } = figures;
  const rows: [string, string][] = [
    ['Micro-F1', formatInterval(microF1)],
    [`Macro-F1, labels of ${minimumSupport} rows or more`, formatInterval(macroF1Supported)],
    ['Exact match, which others call accuracy', formatInterval(exactMatch)],
    ...(rocAuc === null ? [] : [['ROC-AUC, mean over labels', formatFigure(rocAuc)] satisfies [string, string]]),
  ];
  return (
    <>
      <dl className={`${classes.figures} tabular`}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.text}>
        {data}: {how}
        {seeds > 1 ? `; means over ${seeds} seeds` : ''}.
      </p>
    </>
  );
}

function Measure({ foldPlan, onChange }: RecipePanelProps) {
  const change = (next: Partial<FoldPlan>): void => onChange({ foldPlan: { ...usualPlan, ...foldPlan, ...next } });
  const problems = foldPlan ? foldProblems(foldPlan) : {};
  return (
    <div className={classes.measure}>
      <SegmentedControl
        aria-label="How it is measured"
        value={foldPlan ? folded : oneSplit}
        data={[oneSplit, folded]}
        onChange={(value) => (value === folded ? change({}) : onChange({ foldPlan: null }))}
      />
      {foldPlan ? (
        <>
          <div className={classes.fields}>
            <NumberField
              label="Folds"
              value={foldPlan.folds}
              step={(value, direction) => value + direction}
              error={problems.folds}
              onChange={(folds) => change({ folds })}
            />
            <NumberField
              label="Seeds"
              value={foldPlan.repeats}
              step={(value, direction) => value + direction}
              error={problems.repeats}
              onChange={(repeats) => change({ repeats })}
            />
          </div>
          <p className={classes.text}>{Object.keys(problems).length === 0 && costText(foldPlan)}</p>
        </>
      ) : (
        <p className={classes.text}>
          One training, one part of the rows kept aside. It leaves a model to predict with; its figures say less than
          those of a cross-validation.
        </p>
      )}
    </div>
  );
}

function costText({ folds, repeats }: FoldPlan): string {
  const seeds = repeats > 1 ? ` The ${repeats} seeds deal the folds anew each time: it shows how much is luck.` : '';
  return `${formatCounted(folds * repeats, 'training')}, each from the start: every title is tested by a model that has not seen it. It gives figures, not a model to predict with.${seeds}`;
}
