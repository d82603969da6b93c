import { Alert, Button, CloseButton, TextInput, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Download, Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/training.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { DataTableColumn } from '../../ui/DataTableRow.tsx';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import { LabelChip, LabelMarkIcon } from '../../ui/LabelChip.tsx';
import { saveBlob } from '../../ui/saveBlob.ts';
import type { FilePrediction, FileProgress, WritePredictions } from './filePrediction.ts';
import { LabelTotals, MatchingRows, type RowCriteria } from './matchingRows.ts';
import css from './PredictScreen.module.css';

export interface FileResultsProps {
  prediction: FilePrediction;
  progress: FileProgress;
  fileName: string;
  writePredictions: WritePredictions;
}

/** The predictions of a file: filter, search, table, downloads. Rows appear as they are predicted. */
export function FileResults({ prediction, progress, fileName, writePredictions }: FileResultsProps) {
  const [label, setLabel] = useState<RowCriteria['label']>(null);
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed);
  const { model } = prediction;
  // The model is another object once its thresholds were moved: then rows carry other labels.
  const matching = useMemo(
    () => new MatchingRows(prediction, model, { label, search }),
    [prediction, model, label, search],
  );
  const totals = useMemo(() => new LabelTotals(prediction, model), [prediction, model]);
  const narrow = useMediaQuery('(max-width: 600px)', undefined, { getInitialValueInEffect: false });
  const columns = useMemo(
    () => (narrow ? narrowColumnsOf(prediction, model) : columnsOf(prediction, model)),
    [prediction, model, narrow],
  );
  const total = matching.upTo(progress.done);
  totals.upTo(progress.done);
  return (
    <>
      <div className={css.tools}>
        <LabelFilter
          names={prediction.model.labelNames}
          {...{ totals, label }}
          done={progress.done}
          onLabel={setLabel}
        />
        <TextInput
          aria-label="Search titles"
          placeholder="Search titles"
          leftSection={<Search size={16} aria-hidden="true" />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          rightSection={typed && <CloseButton size="sm" aria-label="Clear the search" onClick={() => setTyped('')} />}
        />
        <Downloads {...{ prediction, progress, fileName, writePredictions }} />
      </div>
      <DataTable
        total={total}
        // On a phone labels stand below their title.
        rowHeight={narrow ? 60 : 36}
        columns={columns}
        fetchRows={(offset, limit) => matching.rows.slice(offset, offset + limit)}
        queryKey={`${label} ${search} ${model.thresholds.join()}`}
        caption={`Predictions of ${fileName}`}
        height="min(560px, 70vh)"
        empty={progress.done === 0 ? 'Rows appear here as they are predicted.' : 'No predicted row matches.'}
      />
    </>
  );
}

function LabelsOfRow({ prediction, model, row }: { prediction: FilePrediction; model: ModelInfo; row: number }) {
  const labels = model.labelNames.flatMap((name, i) => (prediction.holds(row, i) ? [{ name, i }] : []));
  if (labels.length === 0) return <span className={css.quiet}>none</span>;
  return (
    <span className={css.chips} title={labels.map(({ name }) => name).join(', ')}>
      {labels.map(({ name, i }) => (
        <span key={name} className={css.chip}>
          <LabelMarkIcon index={i} />
          <span>{name}</span>
        </span>
      ))}
    </span>
  );
}

function narrowColumnsOf(prediction: FilePrediction, model: ModelInfo): DataTableColumn<number>[] {
  return [
    {
      id: 'title',
      header: 'Title and labels',
      width: 'minmax(0, 1fr)',
      render: (row) => (
        <div className={css.stacked}>
          <span title={prediction.titles[row]}>{prediction.titles[row]}</span>
          <LabelsOfRow {...{ prediction, model, row }} />
        </div>
      ),
    },
  ];
}

function columnsOf(prediction: FilePrediction, model: ModelInfo): DataTableColumn<number>[] {
  const { labelNames } = model;
  return [
    { id: 'row', header: '#', width: 72, align: 'end', hideBelow: 600, render: (row) => formatCount(row + 1) },
    {
      id: 'title',
      header: 'Title',
      width: 'minmax(0, 1.2fr)',
      render: (row) => <span title={prediction.titles[row]}>{prediction.titles[row]}</span>,
    },
    {
      id: 'labels',
      header: 'Labels',
      width: 'minmax(0, 1fr)',
      render: (row) => <LabelsOfRow {...{ prediction, model, row }} />,
    },
    // Beyond eight labels the figures are in the download only: columns too narrow to read help nobody.
    ...(labelNames.length > 8 ? [] : labelNames).map((name, i): DataTableColumn<number> => ({
      id: `p${i}`,
      header: (
        <span className={css.labelHeader} title={`Probability of ${name}`}>
          <LabelMarkIcon index={i} />
          <span>{name}</span>
        </span>
      ),
      width: 'minmax(84px, 0.35fr)',
      align: 'end',
      hideBelow: 600 + 100 * labelNames.length,
      render: (row) => (
        <span className={prediction.holds(row, i) ? css.holds : css.quiet}>
          {formatFigure(prediction.probabilities[row * labelNames.length + i], 2)}
        </span>
      ),
    })),
  ];
}

interface LabelFilterProps {
  names: readonly string[];
  totals: LabelTotals;
  done: number;
  label: RowCriteria['label'];
  onLabel: (label: RowCriteria['label']) => void;
}

/** Every label with its count; pressing one shows its rows, pressing it again shows all. */
function LabelFilter({ names, totals, done, label, onLabel }: LabelFilterProps) {
  const choice = (value: RowCriteria['label'], count: number, content: React.ReactNode) => (
    <UnstyledButton
      key={String(value)}
      className={css.filter}
      aria-pressed={label === value}
      onClick={() => onLabel(label === value ? null : value)}
    >
      {content}
      <span className={`${css.quiet} tabular`}>{formatCount(count)}</span>
    </UnstyledButton>
  );
  return (
    <fieldset className={css.filters}>
      <legend>Show rows predicted as</legend>
      {choice(null, done, 'All')}
      {names.map((name, i) => choice(i, totals.labels[i], <LabelChip name={name} index={i} quiet />))}
      {choice('none', totals.none, 'No label')}
    </fieldset>
  );
}

function Downloads({ prediction, progress, fileName, writePredictions }: FileResultsProps) {
  const [writing, setWriting] = useState<'csv' | 'xlsx' | null>(null);
  const [error, setError] = useState<{ message: string; hint: string } | null>(null);
  const ready = progress.done > 0 && (progress.status === 'done' || progress.status === 'waiting');
  const partial = ready && progress.done < progress.total;
  const download = async (format: 'csv' | 'xlsx') => {
    setWriting(format);
    setError(null);
    try {
      saveBlob(await writePredictions(prediction.table(), format), `${baseName(fileName)} predictions.${format}`);
    } catch (thrown) {
      setError(toRungError(thrown));
    } finally {
      setWriting(null);
    }
  };
  return (
    <div className={css.downloads}>
      <div className={css.actions}>
        {(['csv', 'xlsx'] as const).map((format) => (
          <Button
            key={format}
            variant={format === 'csv' ? 'default' : 'filled'}
            leftSection={<Download size={16} aria-hidden="true" />}
            disabled={!ready || (writing !== null && writing !== format)}
            loading={writing === format}
            onClick={() => void download(format)}
          >
            {format === 'csv' ? 'CSV' : 'Excel'}
            <span className={css.unseen}> file of predictions, download</span>
          </Button>
        ))}
      </div>
      {partial && <p className={css.quiet}>The {formatCounted(progress.done, 'row')} predicted so far.</p>}
      {error && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
    </div>
  );
}

/** The file's name without its type. */
export function baseName(fileName: string): string {
  return fileName.replace(/\.[a-z0-9]{1,5}$/i, '') || 'titles';
}
