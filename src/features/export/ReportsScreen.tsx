/** What a measured run leaves as beside its model: tables, a report to print, a bundle that trains on elsewhere. */
import { Alert, Button, Select } from '@mantine/core';
import { FileArchive, FileText } from 'lucide-react';
import { useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/training.ts';
import { formatBytes, formatCounted } from '../../ui/format.ts';
import { saveBlob } from '../../ui/saveBlob.ts';
import type { TableFormat } from '../../worker/protocol.ts';
import css from './ExportScreen.module.css';
import { fileNameOf } from './packageContents.ts';
import own from './ReportsScreen.module.css';

export type RunTableName = 'predictions' | 'metrics';

export interface ReportsScreenProps {
  /** Measured runs; nothing is shown without one. */
  runs: readonly RunRecord[];
  selectedId: string | null;
  onSelect: (id: string) => void;
  exportTable: (id: string, table: RunTableName, format: TableFormat) => Promise<Blob>;
  exportReport: (run: RunRecord) => Promise<Blob>;
  /** Of a fine-tuned run, whose table must be open. */
  exportBundle: (run: RunRecord) => Promise<Blob>;
}

/** @see ReportsScreenProps */
export function ReportsScreen(props: ReportsScreenProps) {
  const { runs, selectedId, onSelect } = props;
  const run = runs.find(({ id }) => id === selectedId) ?? runs[0];
  if (run === undefined) return null;
  return (
    <section className={`${css.screen} ${own.reports}`} aria-label="Figures and reports">
      <div className={css.top}>
        <h2 className={css.subheading}>Figures and reports</h2>
        <Select
          label="Run"
          className={css.model}
          data={runs.map(({ id, name }) => ({ value: id, label: name }))}
          value={run.id}
          onChange={(id) => {
            if (id !== null) onSelect(id);
          }}
          allowDeselect={false}
        />
      </div>
      <div className={own.panels} key={run.id}>
        <TablesPanel run={run} exportTable={props.exportTable} />
        <ReportPanel run={run} exportReport={props.exportReport} />
        {run.kind === 'finetune' && <BundlePanel run={run} exportBundle={props.exportBundle} />}
      </div>
    </section>
  );
}

const formats: { format: TableFormat; label: string }[] = [
  { format: 'csv', label: 'CSV' },
  { format: 'xlsx', label: 'Excel' },
  { format: 'parquet', label: 'Parquet' },
  { format: 'json', label: 'JSON' },
];

interface Part {
  run: RunRecord;
}

function TablesPanel({ run, exportTable }: Part & Pick<ReportsScreenProps, 'exportTable'>) {
  const saving = useSaving();
  const tables: { table: RunTableName; title: string; text: string }[] = [
    {
      table: 'predictions',
      title: 'Test rows',
      text: `${formatCounted(run.test?.rows.length ?? 0, 'row')} with title, labels, answer and probabilities`,
    },
    {
      table: 'metrics',
      title: 'Figures',
      text: 'all that Results shows, with their 95 % intervals, and the thresholds',
    },
  ];
  return (
    <section className={css.panel} aria-label="Tables">
      <h3 className={css.subheading}>Tables</h3>
      {tables.map(({ table, title, text }) => (
        <div key={table} className={own.table}>
          <span>
            {title}: <span className={css.quiet}>{text}</span>
          </span>
          <Button.Group>
            {formats.map(({ format, label }) => (
              <Button
                key={format}
                size="compact-sm"
                variant="default"
                disabled={saving.busy}
                aria-label={`${title} as ${label}`}
                onClick={() =>
                  void saving.save(
                    () => exportTable(run.id, table, format),
                    `${fileNameOf(run.name)} ${table}.${format}`,
                  )
                }
              >
                {label}
              </Button>
            ))}
          </Button.Group>
        </div>
      ))}
      <Saved saving={saving} />
    </section>
  );
}

function ReportPanel({ run, exportReport }: Part & Pick<ReportsScreenProps, 'exportReport'>) {
  const saving = useSaving();
  return (
    <section className={css.panel} aria-label="Report">
      <h3 className={css.subheading}>Report to print</h3>
      <p className={css.quiet}>
        One .html file: figures with intervals, curves, calibration, titles answered wrongly, what was wrong with the
        data, every setting. It opens without a network and prints on white. It holds titles of test rows.
      </p>
      <Button
        variant="default"
        leftSection={<FileText size={16} aria-hidden="true" />}
        loading={saving.busy}
        onClick={() => void saving.save(() => exportReport(run), `${fileNameOf(run.name)} report.html`)}
      >
        Download the report
      </Button>
      <Saved saving={saving} />
    </section>
  );
}

function BundlePanel({ run, exportBundle }: Part & Pick<ReportsScreenProps, 'exportBundle'>) {
  const saving = useSaving();
  return (
    <section className={css.panel} aria-label="Bundle for a cluster">
      <h3 className={css.subheading}>Bundle for a cluster</h3>
      <p className={css.quiet}>
        A zip that trains the same recipe on other machines: the rows of each side, settings, the weights it started
        from, a script for Hugging Face Trainer and Accelerate, and one for Ray Data that predicts with the model.{' '}
        <strong>All titles are in it.</strong> {run.data.name} must be open on the Data page.
      </p>
      <Button
        variant="default"
        leftSection={<FileArchive size={16} aria-hidden="true" />}
        loading={saving.busy}
        onClick={() => void saving.save(() => exportBundle(run), `${fileNameOf(run.name)} bundle.zip`)}
      >
        Download the bundle
      </Button>
      <Saved saving={saving} />
    </section>
  );
}

interface Saving {
  busy: boolean;
  saved: { name: string; bytes: number } | null;
  error: { message: string; hint: string } | null;
  save: (make: () => Promise<Blob>, name: string) => Promise<void>;
}

function useSaving(): Saving {
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState<Saving['saved']>(null);
  const [error, setError] = useState<Saving['error']>(null);
  const save: Saving['save'] = async (make, name) => {
    setBusy(true);
    setError(null);
    setSaved(null);
    try {
      const blob = await make();
      saveBlob(blob, name);
      setSaved({ name, bytes: blob.size });
    } catch (thrown) {
      setError(toRungError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { busy, saved, error, save };
}

function Saved({ saving: { saved, error } }: { saving: Saving }) {
  return (
    <>
      <p className={css.quiet} aria-live="polite">
        {saved && `${saved.name} is saved, ${formatBytes(saved.bytes)}.`}
      </p>
      {error && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
    </>
  );
}
