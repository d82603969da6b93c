import { Button, Collapse, NumberInput, Progress } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { MatchingConfig, MatchingEncoder, TaxonomyFile } from '../../shared/matching.ts';
import { formatFigure, formatPercent, formatTimeLeft } from '../../ui/format.ts';
import { LineChart } from '../../ui/LineChart.tsx';
import css from './MatchScreen.module.css';
import {
  sameEncoder,
  type EncoderOption,
  type LiveTuning,
  type MatchSession,
  type MatchState,
} from './matchSession.ts';
import { ReportTable } from './ReportTable.tsx';
import { TunedList } from './TunedList.tsx';

export interface FinetunePanelProps {
  session: MatchSession;
  state: MatchState;
  file: TaxonomyFile;
  options: readonly EncoderOption[];
  chosen: MatchingEncoder;
  firstEncoder: MatchingEncoder;
  onTrain: (zip: File) => void;
}

interface Knob {
  key: keyof MatchingConfig;
  label: string;
  description: string;
  min: number;
  max: number;
  step: number;
}

const knobs: readonly Knob[] = [
  { key: 'epochs', label: 'Epochs', description: 'Times over all entries.', min: 1, max: 50, step: 1 },
  {
    key: 'titlesPerEpoch',
    label: 'Titles of an entry',
    description: 'An epoch, drawn anew for each. More take longer.',
    min: 1,
    max: 1000,
    step: 4,
  },
  {
    key: 'batchEntries',
    label: 'Entries a step',
    description: 'Each is told from all others. More take more memory.',
    min: 2,
    max: 512,
    step: 16,
  },
  {
    key: 'learningRate',
    label: 'Learning rate',
    description: 'Peak. A tenth of it for large published encoders.',
    min: 0.000001,
    max: 0.01,
    step: 0.0001,
  },
];

/** Contrastive fine-tuning on the other titles, with one table before and after. */
export function FinetunePanel({ session, state, file, options, chosen, firstEncoder, onTrain }: FinetunePanelProps) {
  const [adjusting, setAdjusting] = useState(false);
  const { live, opened, result, config, tuned } = state;
  const { alternates, reported } = file.taxonomy;
  const encoderName = options.find(({ source }) => sameEncoder(source, chosen))?.name ?? chosen.id;
  const number = tuned.length + 1;
  return (
    <section className={css.panel} aria-label="Fine-tune">
      <div className={css.fileHeader}>
        <div className={css.fileName}>
          <h2 className={css.heading2}>Fine-tune on the other titles</h2>
          <p className={css.intro}>{purpose(alternates.entries.length, reported.entries.length)}</p>
        </div>
        {!live && alternates.entries.length > 0 && (
          <>
            <Button variant="default" aria-expanded={adjusting} onClick={() => setAdjusting(!adjusting)}>
              Adjust
            </Button>
            <Button
              disabled={!opened}
              onClick={() => void session.finetune(`${encoderName}, tuned ${number}`, encoderName)}
            >
              Fine-tune
            </Button>
          </>
        )}
      </div>
      <Collapse expanded={adjusting && !live}>
        <div className={css.columns}>
          {knobs.map(({ key, ...knob }) => (
            <NumberInput
              key={key}
              {...knob}
              value={config[key]}
              allowNegative={false}
              clampBehavior="strict"
              onChange={(value) => {
                if (typeof value === 'number' && value >= knob.min) session.setConfig({ [key]: value });
              }}
            />
          ))}
        </div>
      </Collapse>
      {live && <LivePanel live={live} epochs={config.epochs} onStop={() => void session.stop()} />}
      {result && (
        <>
          <ReportTable report={result.report} />
          {result.stopped && <p className={css.quiet}>Stopped by hand; the encoder is kept as it stood.</p>}
          {result.notKept && (
            <p className={css.problem}>
              {result.notKept.message} The encoder is here until you leave this page: download it below.
            </p>
          )}
        </>
      )}
      {tuned.length > 0 && <TunedList {...{ session, state, chosen, firstEncoder, onTrain }} />}
    </section>
  );
}

function purpose(alternates: number, reported: number): string {
  if (alternates === 0) {
    return 'Waits for titles that are known to belong to an entry: drop a file with codes and other titles beside the taxonomy (O*NET has Alternate Titles.txt).';
  }
  const asked = reported > 0 ? 'titles that people reported' : 'a share of these titles, near duplicates together';
  return `The encoder learns to put each title near its entry and away from the others. It is measured before and after, on ${asked}, which are never learnt; a fifth of the entries is kept from training with all their titles.`;
}

interface LivePanelProps {
  live: LiveTuning;
  epochs: number;
  onStop: () => void;
}

const three = (figure: number): string => formatFigure(figure);

function LivePanel({ live, epochs, onStop }: LivePanelProps) {
  const { losses, fraction, message, secondsLeft, stopping, totalSteps, step } = live;
  const series = useMemo(() => [{ id: 'loss', name: 'Loss', colour: 'var(--accent)', points: losses }], [losses]);
  const xDomain = useMemo(() => [0, epochs] as const, [epochs]);
  return (
    <>
      <div className={css.run}>
        <div className={css.fileName} aria-live="polite">
          <p className={css.quiet}>
            {message}
            {totalSteps > 0 && step > 0 && fraction !== null && fraction < 1 ? `, step ${step} of ${totalSteps}` : ''}
            {secondsLeft === null ? '' : `, ${formatTimeLeft(secondsLeft)}`}
          </p>
          <Progress
            value={fraction === null ? 100 : 100 * fraction}
            animated={fraction === null}
            size={4}
            aria-label="Fine-tuning"
            aria-valuetext={fraction === null ? message : formatPercent(fraction)}
          />
        </div>
        <Button variant="default" onClick={onStop}>
          {stopping ? 'Stop at once' : losses.length > 0 ? 'Stop and keep it' : 'Stop'}
        </Button>
      </div>
      <LineChart
        title="Contrastive loss"
        series={series}
        xDomain={xDomain}
        xName="epoch"
        xStep={1}
        formatX={(x) => x.toFixed(2)}
        formatY={three}
        waiting="The first steps draw the line"
        height={200}
      />
    </>
  );
}
