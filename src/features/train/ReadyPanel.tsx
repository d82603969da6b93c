/** Before a training: the button, then what will be trained, on what, and where. */
import { Button, Skeleton, Text, TextInput } from '@mantine/core';
import { Cpu, Database, Layers, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ClassicalConfig } from '../../shared/classical.ts';
import type { LabelCount } from '../../shared/dataset.ts';
import { epochsOf, foldModelCount, memberCount } from '../../shared/epochs.ts';
import type { FoldPlan } from '../../shared/recipe.ts';
import type { DeviceReport, EncoderInfo, TrainingConfig } from '../../shared/training.ts';
import { formatBytes, formatCount, formatCounted, formatDuration } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { splitRows } from './configProblems.ts';
import classes from './TrainScreen.module.css';

export interface TrainableData {
  name: string;
  rows: number;
  labels: LabelCount[];
  meanTokens: number;
  /** Some titles are longer than tokens were counted. */
  cutTokens?: boolean;
}

export interface ReadyPanelProps {
  dataset: TrainableData | null;
  /** Why training cannot start; null when it can. */
  blocked: string | null;
  device: DeviceReport | null;
  encoders: EncoderInfo[];
  config: TrainingConfig;
  runName: string;
  onRunName: (name: string) => void;
  estimate: { seconds: number; bytes: number } | null;
  /** Settings of the classical recipe when it is the one to train; else null. */
  classical: ClassicalConfig | null;
  /** Null: one split. */
  foldPlan: FoldPlan | null;
  onTrain: () => void;
}

const shownLabels = 8;

/** @see ReadyPanelProps */
export function ReadyPanel(props: ReadyPanelProps) {
  const { dataset, blocked, device, runName, onRunName, onTrain } = props;
  return (
    <section className={classes.panel} aria-label="Start a training">
      <form
        className={classes.start}
        onSubmit={(event) => {
          event.preventDefault();
          if (blocked === null) onTrain();
        }}
      >
        <Button
          type="submit"
          size="lg"
          disabled={blocked !== null}
          leftSection={<Play size={18} aria-hidden="true" />}
          className={classes.train}
        >
          Train
        </Button>
        <output className={classes.estimate}>{blocked ?? <EstimateText {...props} />}</output>
        <TextInput
          label="Name of this run"
          value={runName}
          maxLength={80}
          className={classes.runName}
          onChange={(event) => onRunName(event.currentTarget.value)}
        />
      </form>
      <div className={classes.facts}>
        <Fact icon={<Database size={16} />} title="Learn from">
          {dataset ? <DataFact {...props} dataset={dataset} /> : <p>No table is open yet.</p>}
        </Fact>
        <Fact icon={<Layers size={16} />} title="With">
          {props.classical ? <ClassicalFact config={props.classical} /> : <EncoderFact {...props} />}
        </Fact>
        <Fact icon={<Cpu size={16} />} title="On">
          {props.classical ? (
            <>
              <strong>This machine’s processor</strong>
              <p>Classical models need no graphics card. The page stays free while they are searched.</p>
            </>
          ) : device ? (
            <>
              <strong>
                {device.name}, {device.backend === 'webgpu' ? 'WebGPU' : 'WebAssembly'}
              </strong>
              <p>{device.explanation}</p>
            </>
          ) : (
            <>
              <strong>Looking for the fastest device…</strong>
              <Skeleton height={8} mt={12} />
              <Skeleton height={8} mt={8} width="60%" />
            </>
          )}
        </Fact>
      </div>
    </section>
  );
}

function Fact({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <h2>
        <span aria-hidden="true">{icon}</span> {title}
      </h2>
      {children}
    </div>
  );
}

function EstimateText({ estimate, config, classical, foldPlan, dataset }: ReadyPanelProps) {
  const trainings = foldPlan ? `${formatCounted(foldPlan.folds * foldPlan.repeats, 'training')} of ` : '';
  if (classical) {
    const labels = formatCounted(dataset?.labels.length ?? 0, 'label');
    const tried = formatCounted(classical.kinds.length * classical.trials, 'classifier');
    return (
      <>
        {trainings}
        {labels}, up to {tried} tried for each. The time left shows once it runs.
      </>
    );
  }
  const rows = dataset?.rows ?? 0;
  const models = foldModelCount(config, Math.round(rows * config.split.train));
  const { train, validation } = config.split;
  const members = memberCount(config, Math.round(rows * (train + validation)));
  const first = models > 0 ? `, after ${formatCounted(models, 'fold model')}` : '';
  const averaged = members > 1 ? `${formatCounted(members, 'model')} of ` : '';
  const epochs = trainings + averaged + formatCounted(epochsOf(rows, config, foldPlan), 'epoch') + first;
  if (!estimate) return <>{epochs}. Measuring how long that takes here…</>;
  const time = formatDuration(estimate.seconds < 10 ? estimate.seconds : Math.round(estimate.seconds / 5) * 5);
  return (
    <>
      {epochs}, about <strong>{time}</strong> and {formatBytes(estimate.bytes)} of memory, measured on this device.
    </>
  );
}

/** What becomes of the rows, in a sentence. */
function rowsText({ rows }: TrainableData, { config, classical, foldPlan }: ReadyPanelProps): string {
  if (foldPlan) return `each is tested once by a model that has not seen it, in ${foldPlan.folds} folds.`;
  const [train, validation, test] = splitRows(rows, (classical ?? config).split);
  const aside = `${formatCount(test)} kept aside for the final figures.`;
  const members = classical ? 1 : memberCount(config, train + validation);
  if (members > 1)
    return `about ${formatCount(train + validation)} to learn from, each kept from one of ${formatCount(members)} models to validate it, ${aside}`;
  return classical
    ? `about ${formatCount(train + validation)} to learn from, ${aside}`
    : `about ${formatCount(train)} to learn from, ${formatCount(validation)} to ${config.bestBy === 'last' ? 'watch it and choose thresholds' : 'choose the best epoch'}, ${aside}`;
}

function DataFact({ dataset, ...props }: ReadyPanelProps & { dataset: TrainableData }) {
  const more = dataset.labels.length - shownLabels;
  return (
    <>
      <strong className="tabular">
        {formatCounted(dataset.rows, 'title')}, {formatCounted(dataset.labels.length, 'label')}
      </strong>
      <p>
        {dataset.name}: {rowsText(dataset, { ...props, dataset })} A title has {dataset.meanTokens.toFixed(1)} tokens
        {dataset.cutTokens ? ' or more' : ''} on average.
      </p>
      <div className={classes.chips}>
        {dataset.labels.slice(0, shownLabels).map((label, i) => (
          <LabelChip key={label.name} name={label.name} index={i} />
        ))}
        {more > 0 && (
          <Text span size="sm" c="var(--muted)">
            and {formatCount(more)} more
          </Text>
        )}
      </div>
    </>
  );
}

function ClassicalFact({ config }: { config: ClassicalConfig }) {
  return (
    <>
      <strong>One classifier for each label</strong>
      <p>Chosen among {config.kinds.join(', ')}, on counts of words and characters.</p>
    </>
  );
}

function EncoderFact({ encoders, config }: ReadyPanelProps) {
  const { kind, id } = config.encoder;
  const encoder = encoders.find(({ source }) => source.kind === kind && source.id === id);
  if (!encoder)
    return <strong>{encoders.length === 0 ? 'Looking for encoders…' : 'Choose an encoder under Adjust'}</strong>;
  return (
    <>
      <strong>{encoder.name}</strong>
      <p>
        {encoder.description} {(encoder.parameters / 1e6).toFixed(1)} million parameters, {formatBytes(encoder.bytes)}.
      </p>
    </>
  );
}
