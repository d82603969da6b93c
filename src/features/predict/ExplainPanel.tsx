/** Under the box for one title: why it got its labels. Closed until it is asked for. */
import { Button, Collapse, NativeSelect, Tabs } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { ModelInfo } from '../../shared/training.ts';
import { ChangedTitles } from './ChangedTitles.tsx';
import css from './ExplainPanel.module.css';
import { NearTitlesOf } from './NearTitlesOf.tsx';
import type { Explainer } from './question.ts';
import { WordPushes } from './WordPushes.tsx';

export interface ExplainPanelProps {
  model: ModelInfo;
  explainer: Explainer;
  text: string;
  /** Of the title; null while there are none. */
  probabilities: Float32Array | null;
  /** Changed titles are taken into the box. */
  onText: (text: string) => void;
}

type View = 'words' | 'changes' | 'training';

/** The surest label that holds, or the one that is nearest to holding. */
function mostTelling({ thresholds }: ModelInfo, probabilities: Float32Array | null): number {
  if (!probabilities) return 0;
  const ratios = thresholds.map((threshold, label) => probabilities[label] / Math.max(threshold, 1e-9));
  const holding = thresholds.flatMap((threshold, label) => (probabilities[label] >= threshold ? [label] : []));
  const among = holding.length > 0 ? holding : [...ratios.keys()];
  return among.reduce((best, label) => (ratios[label] > ratios[best] ? label : best));
}

/** @see ExplainPanelProps */
export function ExplainPanel({ model, explainer, text, probabilities, onText }: ExplainPanelProps) {
  const [open, setOpen] = useState(false);
  const [view, setView] = useState<View>('words');
  const [chosen, setChosen] = useState<number | null>(null);
  const id = useId();
  const title = text.trim();
  const label = chosen ?? mostTelling(model, probabilities);
  // Answers follow the prediction: while there is none, nothing can be asked.
  const asked = open && title !== '' && probabilities !== null;
  const question = { model, explainer, title, label };
  return (
    <div className={css.explain}>
      <Button
        variant="subtle"
        size="compact-sm"
        className={css.opener}
        leftSection={<ChevronRight size={16} aria-hidden="true" data-open={open} />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        Why these labels?
      </Button>
      <Collapse expanded={open} id={id} transitionDuration={0}>
        <section className={css.body} aria-label="Explanation">
          {title === '' ? (
            <p className={css.quiet}>Type a title, and what its words do to a label shows here.</p>
          ) : (
            <Tabs value={view} onChange={(next) => isView(next) && setView(next)} keepMounted={false}>
              <div className={css.bar}>
                <Tabs.List>
                  <Tabs.Tab value="words" className={css.tab}>
                    Words
                  </Tabs.Tab>
                  <Tabs.Tab value="changes" className={css.tab}>
                    What changes it
                  </Tabs.Tab>
                  <Tabs.Tab value="training" className={css.tab}>
                    Near titles
                  </Tabs.Tab>
                </Tabs.List>
                {view !== 'training' && (
                  <NativeSelect
                    aria-label="Label to explain"
                    size="sm"
                    value={String(label)}
                    data={model.labelNames.map((name, index) => ({ value: String(index), label: name }))}
                    onChange={(event) => setChosen(Number(event.currentTarget.value))}
                  />
                )}
              </div>
              <Tabs.Panel value="words">
                <WordPushes {...question} asked={asked} />
              </Tabs.Panel>
              <Tabs.Panel value="changes">
                <ChangedTitles {...question} asked={asked} onText={onText} />
              </Tabs.Panel>
              <Tabs.Panel value="training">
                <NearTitlesOf {...question} asked={asked} />
              </Tabs.Panel>
            </Tabs>
          )}
        </section>
      </Collapse>
    </div>
  );
}

function isView(value: string | null): value is View {
  return value === 'words' || value === 'changes' || value === 'training';
}
