/** Export: one zip in Hugging Face layout, what is in it, and how to use it elsewhere. */
import { Alert, Button, CopyButton, Select, Tabs, Text } from '@mantine/core';
import { Check, Copy, Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toRungError } from '../../shared/errors.ts';
import { epochsOfAll } from '../../shared/epochs.ts';
import { onnxPath, type OnnxFile } from '../../shared/onnxFiles.ts';
import type { ClassicalRun, FinetunedRun } from '../../shared/training.ts';
import type { ProgressListener } from '../../worker/protocol.ts';
import { formatBytes, formatCounted, formatMoment } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';
import { saveBlob } from '../../ui/saveBlob.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { CardFigures } from './CardFigures.tsx';
import { ClassicalContents } from './ClassicalContents.tsx';
import css from './ExportScreen.module.css';
import { EventsPanel } from './EventsPanel.tsx';
import { OnnxChoice } from './OnnxChoice.tsx';
import { PagePanel } from './PagePanel.tsx';
import { fileNameOf, onnxBytes, onnxForms, onnxNumbers, partsOf } from './packageContents.ts';
import { embeddingSnippet, javascriptSnippet, pythonSnippet } from './snippets.ts';

export interface ExportScreenProps {
  /** Runs with weights are offered; others are left out. */
  runs: readonly TrainedRun[];
  selectedId: string | null;
  onSelect: (id: string) => void;
  exportRun: (id: string, onnx: OnnxFile[], onProgress: ProgressListener) => Promise<Blob>;
  /** What a fine-tuned run reported, for TensorBoard. */
  exportEvents: (id: string) => Promise<Blob>;
  /** The model as one HTML file. */
  exportPage: (id: string) => Promise<Blob>;
  /** The panel that pushes a fine-tuned run to the Hub. */
  pushPanel: (run: FinetunedRun, onnx: readonly OnnxFile[]) => ReactNode;
}

/** What transformers.js opens when it is asked for nothing else. */
const defaultOnnx: OnnxFile[] = [{ form: 'classifier', precision: 'fp32' }];

/** @see ExportScreenProps */
export function ExportScreen(props: ExportScreenProps) {
  const { runs, selectedId, onSelect, exportRun, exportEvents, exportPage, pushPanel } = props;
  const [onnx, setOnnx] = useState(defaultOnnx);
  const usable = runs.filter((run) => run.weightBytes > 0);
  const run = usable.find(({ id }) => id === selectedId) ?? usable[0];
  if (run === undefined) {
    return (
      <div className={css.screen}>
        <h1 className={css.heading}>Export</h1>
        <section className={`${css.panel} ${css.waiting}`}>
          <h2 className={css.subheading}>Nothing to download yet</h2>
          <p className={css.quiet}>
            A model can be downloaded as soon as a training has ended, or has kept its first epoch. Train one on the
            Train page.
          </p>
        </section>
      </div>
    );
  }
  return (
    <div className={css.screen}>
      <div className={css.top}>
        <h1 className={css.heading}>Export</h1>
        <Select
          label="Model"
          className={css.model}
          data={usable.map(({ id, name }) => ({ value: id, label: name }))}
          value={run.id}
          onChange={(id) => {
            if (id !== null) onSelect(id);
          }}
          allowDeselect={false}
          renderOption={({ option }) => {
            const of = usable.find(({ id }) => id === option.value);
            return (
              <span>
                <Text size="sm">{option.label}</Text>
                <span className={css.quiet}>{of && `${of.data.name}, ${formatMoment(of.createdAt)}`}</span>
              </span>
            );
          }}
        />
      </div>
      <div className={css.columns}>
        <div className={css.column}>
          <DownloadPanel key={run.id} run={run} onnx={run.kind === 'finetune' ? onnx : []} exportRun={exportRun} />
          {run.kind === 'classical' ? (
            <ClassicalContents run={run} />
          ) : (
            <>
              <OnnxChoice chosen={onnx} onChange={setOnnx} weightBytes={run.weightBytes} />
              <ContentsPanel run={run} onnx={onnx} />
              <EventsPanel key={run.id} run={run} exportEvents={exportEvents} />
            </>
          )}
        </div>
        <div className={css.column}>
          <CardFigures run={run} />
          <PagePanel key={run.id} run={run} exportPage={exportPage} />
          {run.kind === 'finetune' && pushPanel(run, onnx)}
        </div>
      </div>
      {run.kind === 'finetune' && <UsagePanel run={run} onnx={onnx} />}
    </div>
  );
}

/** A run that can hold a model. */
export type TrainedRun = FinetunedRun | ClassicalRun;

interface Exporting {
  message: string;
  fraction: number | null;
}

interface DownloadPanelProps {
  run: TrainedRun;
  /** Also in the zip. */
  onnx: OnnxFile[];
  exportRun: ExportScreenProps['exportRun'];
}

function DownloadPanel({ run, onnx, exportRun }: DownloadPanelProps) {
  const [exporting, setExporting] = useState<Exporting | null>(null);
  const [saved, setSaved] = useState<{ name: string; bytes: number } | null>(null);
  const [error, setError] = useState<{ message: string; hint: string } | null>(null);
  const name = fileNameOf(run.name) + (run.kind === 'classical' ? '.json' : '.zip');
  const bytes = onnx.reduce((sum, file) => sum + onnxBytes(run.weightBytes, file), run.weightBytes);
  const download = async () => {
    setExporting({ message: 'Collecting the files', fraction: null });
    setError(null);
    setSaved(null);
    try {
      const blob = await exportRun(run.id, onnx, (message, fraction) => setExporting({ message, fraction }));
      saveBlob(blob, name);
      setSaved({ name, bytes: blob.size });
    } catch (thrown) {
      setError(toRungError(thrown));
    } finally {
      setExporting(null);
    }
  };
  return (
    <section className={css.panel} aria-label="Download">
      <Button
        size="lg"
        fullWidth
        leftSection={<Download size={20} aria-hidden="true" />}
        loading={exporting !== null}
        onClick={() => void download()}
      >
        Download the model
      </Button>
      <div className={css.state} aria-live="polite">
        {exporting ? (
          <WorkProgress {...exporting} label="Progress of the download" />
        ) : (
          <span className={css.quiet}>
            {saved
              ? `${saved.name} is saved, ${formatBytes(saved.bytes)}.`
              : `${name}, about ${formatBytes(bytes)}. It is written on this machine; nothing is sent.`}
          </span>
        )}
      </div>
      {error && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
      {run.kind === 'finetune' && run.status !== 'finished' && (
        <p className={css.quiet}>
          This training {endings[run.status]}. The download holds {keptWeights(run)}
          {run.bestEpoch === null
            ? ': no epoch was finished.'
            : `; ${formatCounted(epochsOfAll(run.config, run.plan), 'epoch')} were planned.`}
        </p>
      )}
    </section>
  );
}

const endings: Record<FinetunedRun['status'], string> = {
  running: 'is still going on',
  finished: 'is finished',
  stopped: 'was stopped early',
  interrupted: 'was cut off when its tab closed',
  failed: 'ended with an error',
};

function ContentsPanel({ run, onnx }: { run: FinetunedRun; onnx: OnnxFile[] }) {
  return (
    <section className={css.panel} aria-label="What the zip holds">
      <h2 className={css.subheading}>What the zip holds</h2>
      <ul className={css.parts}>
        {partsOf(run).map(({ file, purpose }) => (
          <li key={file}>
            <code>{file}</code>
            <span className={css.quiet}>
              {purpose}
              {file.endsWith('.safetensors') && `, ${formatBytes(run.weightBytes / run.members)}`}
            </span>
          </li>
        ))}
        {onnx.map((file) => (
          <li key={onnxPath(file)}>
            <code>{onnxPath(file)}</code>
            <span className={css.quiet}>
              {onnxForms[file.form].title} for onnxruntime, {onnxNumbers[file.precision].title}, about{' '}
              {formatBytes(onnxBytes(run.weightBytes, file))}
            </span>
          </li>
        ))}
      </ul>
      <p className={css.quiet}>
        Not in it: your titles. It says that there were {formatCounted(run.data.rows, 'row')} with{' '}
        {formatCounted(run.data.labelNames.length, 'label')} in {run.data.name}, and counts them.
      </p>
    </section>
  );
}

function UsagePanel({ run, onnx }: { run: FinetunedRun; onnx: readonly OnnxFile[] }) {
  const folder = fileNameOf(run.name);
  const classifier = onnx.find(({ form }) => form === 'classifier');
  const embedding = onnx.find(({ form }) => form === 'embedding');
  return (
    <section className={css.panel} aria-label="How to use it">
      <h2 className={css.subheading}>How to use it</h2>
      <Tabs defaultValue="rung" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="rung">In Rung</Tabs.Tab>
          <Tabs.Tab value="python">In Python</Tabs.Tab>
          <Tabs.Tab value="javascript">In JavaScript</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rung" pt="md">
          <p className={css.words}>
            Drop the zip anywhere on this page, in this browser or another: it predicts the same probabilities, and a
            new training can start from it.
          </p>
        </Tabs.Panel>
        <Tabs.Panel value="python" pt="md" className={css.snippets}>
          <Snippet
            name="Python"
            code={pythonSnippet(
              folder,
              run.config.maxTokens,
              run.data.cleaning,
              run.config.normalisation !== null,
              run.members,
            )}
          />
        </Tabs.Panel>
        <Tabs.Panel value="javascript" pt="md" className={css.snippets}>
          {classifier ? (
            <Snippet name="JavaScript" code={javascriptSnippet(folder, classifier)} />
          ) : (
            <p className={css.words}>Transformers.js reads ONNX: choose a classifier under “Also as ONNX”.</p>
          )}
          {embedding && (
            <>
              <p className={css.words}>Vectors of titles, the mean over their tokens:</p>
              <Snippet name="embedding" code={embeddingSnippet(folder, embedding)} />
            </>
          )}
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Snippet({ name, code }: { name: string; code: string }) {
  return (
    <div className={css.snippet}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls sideways, so it must be reachable by keyboard */}
      <pre tabIndex={0} aria-label={`${name} code`}>
        <code>{code}</code>
      </pre>
      <CopyButton value={code} timeout={2000}>
        {({ copied, copy }) => (
          <Button
            className={css.copy}
            size="compact-sm"
            variant="default"
            leftSection={copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy'}
            <span className={css.unseen}> the {name} code</span>
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
