import type { ClassicalRun } from '../../shared/training.ts';
import { formatBytes, formatCounted } from '../../ui/format.ts';
import css from './ExportScreen.module.css';

const parts = [
  { name: 'features', purpose: 'The terms that are counted, and how many titles hold each' },
  {
    name: 'labels',
    purpose: 'Of each label its classifier: weights or trees, and the sigmoid that makes scores probabilities',
  },
  { name: 'thresholds', purpose: 'From which probability on a title carries each label' },
  { name: 'normalisation', purpose: 'How titles are written before terms are counted, the abbreviations with it' },
];

/** What the JSON of a classical run holds, and what it cannot be. */
export function ClassicalContents({ run }: { run: ClassicalRun }) {
  const neighbours = run.chosen.filter(({ kind }) => kind === 'nearest neighbours').map(({ label }) => label);
  return (
    <section className={css.panel} aria-label="What the file holds">
      <h2 className={css.subheading}>What the file holds</h2>
      <ul className={css.parts}>
        {parts.map(({ name, purpose }) => (
          <li key={name}>
            <code>{name}</code>
            <span className={css.quiet}>{purpose}</span>
          </li>
        ))}
      </ul>
      <p className={css.quiet}>
        Plain JSON, {formatBytes(run.weightBytes)}; figures in seven digits. Drop it on this page to predict with it. A
        classical model has no encoder, so there are no safetensors and no tokenizer.
      </p>
      <p className={css.quiet}>
        {neighbours.length === 0
          ? `Its terms are parts of your titles. The titles themselves are not in it: ${formatCounted(run.data.rows, 'row')} were read.`
          : `It holds the titles it learnt from: ${neighbours.join(', ')} ${neighbours.length === 1 ? 'goes' : 'go'} by the nearest of them.`}
      </p>
    </section>
  );
}
