/** Training of the network: encoder, settings, progress, the losses as they fall. */
import { Button, NativeSelect, Progress, TextInput } from '@mantine/core';
import { Square } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  classWeightKinds,
  type ClassWeightKind,
  type LevelAreaConfig,
  type LevelAreaEpoch,
} from '../../shared/levelArea.ts';
import type { EncoderInfo } from '../../shared/training.ts';
import { Fold } from '../../ui/Fold.tsx';
import { formatFigure } from '../../ui/format.ts';
import { LineChart } from '../../ui/LineChart.tsx';
import css from './LevelArea.module.css';
import type { LiveLearning } from './levelAreaSession.ts';

export interface LearnPanelProps {
  config: LevelAreaConfig;
  encoders: EncoderInfo[];
  live: LiveLearning | null;
  /** Why it cannot start; null when it can. */
  waits: string | null;
  onConfig: (change: Partial<LevelAreaConfig>) => void;
  onTrain: (name: string) => void;
  onStop: () => void;
  suggestedName: string;
}

/** @see LearnPanelProps */
export function LearnPanel(props: LearnPanelProps) {
  const { config, live, waits, onTrain, onStop, suggestedName } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const problem = problemOf(config);
  return (
    <section className={css.panel} aria-labelledby="level-area-learn">
      <h2 id="level-area-learn">3. Learn</h2>
      <p className={css.quiet}>
        The encoder reads every title once and stays as it is. A small network learns both answers from the titles that
        a keyword decides; a tenth of them is kept aside to stop in time, another tenth to measure.
      </p>
      <div className={css.row}>
        <TextInput
          label="Name of this model"
          value={typed ?? suggestedName}
          disabled={live !== null}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button
          disabled={live !== null || waits !== null || problem !== null}
          onClick={() => {
            onTrain((typed ?? '').trim() || suggestedName);
            setTyped(null);
          }}
        >
          Train
        </Button>
        {live && (
          <Button
            variant="default"
            leftSection={<Square size={14} aria-hidden />}
            disabled={live.stopping}
            onClick={onStop}
          >
            {live.epochs.length > 0 ? 'Stop and keep the best epoch' : 'Stop'}
          </Button>
        )}
        {(waits ?? problem) && <p className={css.quiet}>{waits ?? problem}</p>}
      </div>
      {live && <Live live={live} />}
      <Fold title="Adjust">
        <Settings {...props} />
      </Fold>
    </section>
  );
}

function Live({ live }: { live: LiveLearning }) {
  const fraction = live.epochs.length > 0 ? live.epochs.length / live.of : live.fraction;
  const last = live.epochs.at(-1);
  const loss = last ? `, validation loss ${formatFigure(last.validationLoss)}` : '';
  return (
    <>
      <div>
        <p className={css.quiet}>
          {live.stopping ? 'Stopping. ' : ''}
          {live.message}
          {last && ` of at most ${live.of}`}
          {loss}
        </p>
        <Progress
          value={100 * (fraction ?? 1)}
          animated={fraction === null}
          aria-label="Share of the training that is done"
        />
      </div>
      <LossChart epochs={live.epochs} of={live.of} />
    </>
  );
}

/** Both losses by epoch. */
export function LossChart({ epochs, of, best }: { epochs: readonly LevelAreaEpoch[]; of: number; best?: number }) {
  const series = useMemo(
    () => [
      {
        id: 'train',
        name: 'training',
        colour: 'var(--label-7)',
        points: epochs.map(({ epoch, trainLoss }) => ({ x: epoch, y: trainLoss })),
      },
      {
        id: 'validation',
        name: 'validation',
        colour: 'var(--accent)',
        points: epochs.map(({ epoch, validationLoss }) => ({ x: epoch, y: validationLoss })),
      },
    ],
    [epochs],
  );
  return (
    <LineChart
      title="Loss of both answers, lower is better"
      series={series}
      xDomain={[1, Math.max(2, of)]}
      xName="epoch"
      xStep={1}
      formatY={formatFigure}
      marker={best ? { x: best, label: 'kept' } : null}
      height={200}
      waiting="The first epoch is on its way."
    />
  );
}

const weightTexts: Record<ClassWeightKind, string> = {
  none: 'As frequent as they are',
  sqrt: 'Rare ones a little more (square root)',
  balanced: 'All classes the same',
};

function keyOf(source: LevelAreaConfig['encoder']): string {
  return `${source.kind}:${source.id}`;
}

function Settings({ config, encoders, live, onConfig }: LearnPanelProps) {
  const number = (label: string, description: string, key: NumberKey) => (
    <TextInput
      label={label}
      description={description}
      inputMode="decimal"
      disabled={live !== null}
      defaultValue={String(config[key])}
      error={Number.isNaN(config[key]) ? 'Expected a number.' : undefined}
      onChange={(event) => {
        const text = event.currentTarget.value.trim().replace(',', '.');
        onConfig({ [key]: text === '' ? Number.NaN : Number(text) });
      }}
    />
  );
  return (
    <div className={css.fields}>
      <NativeSelect
        label="Encoder"
        description="Whose embeddings the network reads; it is not changed."
        disabled={live !== null || encoders.length === 0}
        value={keyOf(config.encoder)}
        data={encoders.map(({ source, name }) => ({ value: keyOf(source), label: name }))}
        onChange={(event) => {
          const picked = encoders.find(({ source }) => keyOf(source) === event.currentTarget.value);
          if (picked) onConfig({ encoder: picked.source });
        }}
      />
      <NativeSelect
        label="Weight of classes"
        description="How much a title of a rare class counts."
        disabled={live !== null}
        value={config.classWeights}
        data={Object.entries(weightTexts).map(([value, label]) => ({ value, label }))}
        onChange={(event) => {
          const picked = classWeightKinds.find((kind) => kind === event.currentTarget.value);
          if (picked) onConfig({ classWeights: picked });
        }}
      />
      {number(
        'Keywords hidden',
        'Share of the titles that are shown without the keyword that decided, so that the other words are learnt. Mostly worse.',
        'hiding',
      )}
      {number('Epochs at most', 'How often it sees all titles.', 'epochs')}
      {number('Patience, epochs', 'It stops after so many without a lower validation loss.', 'patience')}
      {number('Learning rate', 'How far a step goes.', 'learningRate')}
      {number('Batch size, titles', 'Titles a step.', 'batchSize')}
      {number('Dropout', 'Share of the features that a step leaves out.', 'dropout')}
      {number('Seed', 'The same seed repeats the split and the training.', 'seed')}
    </div>
  );
}

function whole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

type NumberKey = 'hiding' | 'epochs' | 'patience' | 'learningRate' | 'batchSize' | 'dropout' | 'seed';

/** Null when it can be trained so. */
export function problemOf({
  hiding,
  epochs,
  patience,
  learningRate,
  batchSize,
  dropout,
  seed,
}: LevelAreaConfig): string | null {
  if (!(hiding >= 0 && hiding <= 1)) return 'Keywords hidden: expected a share from 0 to 1.';
  if (!whole(epochs, 1, 1000)) return 'Epochs: expected a whole number from 1 to 1000.';
  if (!whole(patience, 1, 1000)) return 'Patience: expected a whole number from 1 to 1000.';
  if (!(learningRate > 0 && learningRate <= 1)) return 'Learning rate: expected a number above 0, at most 1.';
  if (!whole(batchSize, 1, 4096)) return 'Batch size: expected a whole number from 1 to 4096.';
  if (!(dropout >= 0 && dropout < 1)) return 'Dropout: expected a share from 0 to below 1.';
  return whole(seed, 0, 2 ** 31) ? null : 'Seed: expected a whole number from 0 on.';
}
