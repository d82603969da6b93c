/** Runs beside the first chosen one on the same test rows: is one better, and on which titles do they disagree. */
import { NativeSelect, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RunRecord } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { Term } from '../../ui/Term.tsx';
import { onSameRows, whyNot, type Disagreement, type SameRows } from './sameRows.ts';
import classes from './TrainScreen.module.css';

export interface SameRowsPanelProps {
  /** Two or more; each is compared with the first. */
  runs: RunRecord[];
}

interface Pair {
  run: RunRecord;
  /** Null where they cannot be compared; `reason` then says why. */
  result: SameRows | null;
  reason: string | null;
}

/** @see SameRowsPanelProps */
export function SameRowsPanel({ runs }: SameRowsPanelProps) {
  const [first, ...others] = runs;
  const pairs = useMemo(
    () =>
      runs.slice(1).map((run): Pair => {
        const reason = whyNot(runs[0], run);
        return { run, reason, result: reason === null ? onSameRows(runs[0], run) : null };
      }),
    [runs],
  );
  const [chosen, setChosen] = useState(0);
  const known = pairs.filter(({ result }) => result !== null);
  const shown = known[Math.min(chosen, known.length - 1)];
  return (
    <section className={classes.panel} aria-label="On the same titles">
      <h3 className={classes.subheading}>On the same titles as {first.name}</h3>
      {pairs
        .filter(({ reason }) => reason !== null)
        .map(({ run, reason }) => (
          <Text key={run.id} size="sm" c="var(--muted)">
            Not compared title by title: {reason}.
          </Text>
        ))}
      {known.length > 0 && <PairTable pairs={known} />}
      {shown?.result && (
        <>
          {others.length > 1 && known.length > 1 && (
            <NativeSelect
              mt="md"
              maw={320}
              label="Disagreements with"
              value={String(known.indexOf(shown))}
              data={known.map(({ run }, i) => ({ value: String(i), label: run.name }))}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            />
          )}
          <Disagreements
            names={[first.name, shown.run.name]}
            labelNames={first.data.labelNames}
            rows={shown.result.rows}
            list={shown.result.disagreements}
          />
        </>
      )}
    </section>
  );
}

function PairTable({ pairs }: { pairs: Pair[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">
              <Term
                name="Micro-F1, difference"
                help="With its 95 % interval: titles are drawn at random many times, near duplicates together, and both runs measured on each draw."
              />
            </th>
            <th scope="col">
              <Term
                name="By chance"
                help="How often such draws turn the difference over, both ways counted. Below 0.05 it is hardly luck."
              />
            </th>
            <th scope="col">
              <Term
                name="Wholly right: only the first, only this"
                help="Titles with every label right in one run alone, and how likely so uneven a split would be were both alike (McNemar’s exact test)."
              />
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(
            ({ run, result }) =>
              result && (
                <tr key={run.id}>
                  <th scope="row">{run.name}</th>
                  <td>
                    {signed(result.microF1.value)}, from {signed(result.microF1.low)} to {signed(result.microF1.high)}
                  </td>
                  <td>{chance(result.p)}</td>
                  <td>
                    {formatCount(result.onlyFirst)}, {formatCount(result.onlySecond)}; by chance{' '}
                    {chance(result.mcnemar)}
                  </td>
                </tr>
              ),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** "+0.013", "−0.020", "0.000". */
function signed(value: number): string {
  const text = formatFigure(Math.abs(value));
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

function chance(p: number): string {
  return p < 0.001 ? 'below 0.001' : formatFigure(p);
}

const shownTitles = 100;

interface DisagreementsProps {
  names: [string, string];
  labelNames: string[];
  rows: number;
  list: Disagreement[];
}

function Disagreements({ names, labelNames, rows, list }: DisagreementsProps) {
  const text = (labels: number[]): string =>
    labels.length === 0 ? 'nothing' : labels.map((label) => labelNames[label]).join(', ');
  return (
    <>
      <Text size="sm" mt="md" mb="xs">
        They disagree on {formatCount(list.length)} of {formatCounted(rows, 'title')}.
        {list.length > shownTitles && ` The first ${shownTitles} are shown.`}
      </Text>
      {list.length > 0 && (
        <ScrollRegion label="Titles on which they disagree" className={classes.disagreements}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Title</th>
                <th scope="col">Carries</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.slice(0, shownTitles).map(({ row, title, actual, first, second }) => (
                <tr key={row}>
                  <td>{title === '' ? `Row ${row}` : title.slice(0, 200)}</td>
                  <td>{text(actual)}</td>
                  {[first, second].map((given, i) => (
                    <td key={names[i]} data-right={given.join() === actual.join()}>
                      {text(given)}
                      {given.join() === actual.join() && <span className={classes.right}> ✓</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </>
  );
}
