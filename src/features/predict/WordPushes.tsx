/** What each word of a title does to a label: as chips in the order of the title, and as a table with the plain check beside it. */
import type { Completeness, Explanation, WordPush } from '../../shared/explanation.ts';
import { formatCounted, formatFigure, formatPercent } from '../../ui/format.ts';
import { Term } from '../../ui/Term.tsx';
import { Asking } from './Asking.tsx';
import css from './ExplainPanel.module.css';
import type { Question } from './question.ts';
import { useAnswer } from './useAnswer.ts';

/** From here on the pushes are too rough to be read as adding up. */
const roughFrom = 0.02;

export function WordPushes({ model, explainer, title, label, asked }: Question) {
  const key = JSON.stringify([model.id, title, label]);
  const answer = useAnswer(asked ? key : null, () => explainer.explain(model.id, title, label));
  return (
    <Asking answer={answer} doing="Reading the words">
      {(explanation) => <Pushes explanation={explanation} name={model.labelNames[explanation.label]} />}
    </Asking>
  );
}

/** Integrated gradients where there are any, else what leaving the word out does. */
function effectOf({ push, drop }: WordPush): number {
  return push ?? drop;
}

/** "+1.32", "−0.40": the sign always stands. */
function signed(value: number): string {
  const text = formatFigure(value, 2);
  return value > 0 && !/^0\.?0*$/.test(text) ? `+${text}` : text;
}

/** None for what is written as 0.00. */
function directionOf(effect: number): 'for' | 'against' | 'none' {
  if (Math.abs(effect) < 0.005) return 'none';
  return effect > 0 ? 'for' : 'against';
}

/** The colour of the chip's direction, the stronger the more the word does; `share` of the strongest word. */
function tint(share: number): string {
  return `color-mix(in srgb, var(--push) ${Math.round(46 * Math.abs(share))}%, transparent)`;
}

function Pushes({ explanation, name }: { explanation: Explanation; name: string }) {
  const { words, unread, completeness, probability } = explanation;
  if (words.length === 0) return <p className={css.quiet}>No word of this title is known to the model.</p>;
  const largest = Math.max(...words.map((word) => Math.abs(effectOf(word))), 0.1);
  return (
    <>
      <p className={css.lead}>
        Words that push towards <b>{name}</b> are blue and marked +, words against it orange and marked −.
      </p>
      <ul className={css.chips} aria-label={`What each word does to ${name}`}>
        {words.map((word) => (
          <li
            key={word.from}
            className={css.chip}
            data-direction={directionOf(effectOf(word))}
            style={{ background: tint(effectOf(word) / largest) }}
          >
            <span className={css.word}>{word.text}</span>
            <span className="tabular">{signed(effectOf(word))}</span>
          </li>
        ))}
        {unread > 0 && <li className={css.quiet}>{formatCounted(unread, 'more word')} not read: the title was cut</li>}
      </ul>
      {completeness ? (
        <Sum {...completeness} logit={explanation.logit} name={name} />
      ) : (
        <p className={css.quiet}>
          A classical model has no gradients: a word counts by what leaving it out does to the log-odds.
        </p>
      )}
      <CheckTable words={words} probability={probability} name={name} gradients={completeness !== null} />
    </>
  );
}

function Sum({ baseline, steps, error, logit, name }: Completeness & { logit: number; name: string }) {
  return (
    <p className={css.quiet}>
      <Term
        name="Log-odds"
        help="The logarithm of p / (1 − p): 0 is a probability of one half, and each +1 multiplies the odds by 2.7. Pushes are in these, as they add up."
      />{' '}
      of {name}: {signed(baseline)} with every word blanked, {signed(logit)} as it is. The pushes add up to this change
      but for {formatPercent(error)} of it, over {formatCounted(steps, 'step')}
      {error >= roughFrom ? ': read them as rough.' : '.'}{' '}
      <Term
        name="Integrated gradients"
        help="The slope of the log-odds along the way from the blanked title ([PAD] in place of each word, the marks at both ends kept) to the title itself, summed up word by word (Sundararajan, Taly & Yan 2017)."
      />
    </p>
  );
}

interface CheckTableProps {
  words: WordPush[];
  probability: number;
  name: string;
  gradients: boolean;
}

/** Leaving each word out, beside its push. */
function CheckTable({ words, probability, name, gradients }: CheckTableProps) {
  const disagreeing = words.filter(({ disagrees }) => disagrees);
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls when a title has many words */}
      <section className={css.check} tabIndex={0} aria-label="Each word left out">
        <table>
          <thead>
            <tr>
              <th scope="col">Word</th>
              {gradients && <th scope="col">Push</th>}
              <th scope="col">Left out, it takes away</th>
              <th scope="col">
                Probability without it <small>now {formatFigure(probability, 2)}</small>
              </th>
            </tr>
          </thead>
          <tbody>
            {words.map(({ from, text, push, drop, disagrees, without }) => (
              <tr key={from} data-disagrees={disagrees}>
                <th scope="row">{text}</th>
                {gradients && <td>{signed(push ?? 0)}</td>}
                <td>
                  {signed(drop)}
                  {disagrees && <b> other sign</b>}
                </td>
                <td>{formatFigure(without, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {disagreeing.length > 0 && (
        <p className={css.quiet}>
          For {disagreeing.map(({ text }) => `“${text.replace(/[,;:]+$/, '')}”`).join(', ')} the two disagree: how the
          word counts for {name} hangs on the words around it. Trust neither sign alone.
        </p>
      )}
    </>
  );
}
