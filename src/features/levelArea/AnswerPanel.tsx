/** Answers of a model to many titles, and the file of them. */
import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { useMemo } from 'react';
import type { Head, LevelAreaModel } from '../../shared/levelArea.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { DataTableColumn } from '../../ui/DataTableRow.tsx';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import css from './LevelArea.module.css';
import { headNames, heads, type Answered } from './levelAreaSession.ts';
import { reasonText, TitleButtons } from './TitlesPanel.tsx';

export interface AnswerPanelProps {
  model: LevelAreaModel;
  answered: Answered | null;
  /** Name of the file that is open. */
  openName: string | null;
  busy: boolean;
  /** Null: the titles that are open. */
  onAnswer: (source: File | string | null) => void;
  onDownload: (answered: Answered) => void;
}

/** @see AnswerPanelProps */
export function AnswerPanel({ model, answered, openName, busy, onAnswer, onDownload }: AnswerPanelProps) {
  const shown = answered?.model.id === model.id ? answered : null;
  return (
    <section className={css.panel} aria-labelledby="level-area-answers">
      <h2 id="level-area-answers">5. Predict</h2>
      <p className={css.quiet}>Every title gets the most probable level and area, with or without a keyword in it.</p>
      <div className={css.row}>
        {openName !== null && (
          <Button disabled={busy} onClick={() => onAnswer(null)}>
            Predict {openName}
          </Button>
        )}
        <TitleButtons label="Predict another file" busy={busy} onOpen={onAnswer} />
        {shown && (
          <Button
            variant="default"
            leftSection={<Download size={16} aria-hidden />}
            disabled={busy}
            onClick={() => onDownload(shown)}
          >
            Download CSV
          </Button>
        )}
      </div>
      {shown && <AnswerTable answered={shown} />}
    </section>
  );
}

function AnswerTable({ answered }: { answered: Answered }) {
  const columns = useMemo(() => columnsOf(answered), [answered]);
  const left = answered.reasons.filter((reason) => reason !== null).length;
  return (
    <>
      <p className={css.quiet}>
        {formatCounted(answered.titles.length, 'row')} of {answered.name}
        {left > 0 && `, of which ${formatCount(left)} are no titles and have no answer`}.
      </p>
      <DataTable
        total={answered.titles.length}
        columns={columns}
        fetchRows={(offset, limit) =>
          Array.from({ length: Math.min(limit, answered.titles.length - offset) }, (_, i) => offset + i)
        }
        queryKey={`${answered.model.id} ${answered.name}`}
        caption={`Level and area of ${answered.name}`}
        height="min(480px, 70vh)"
        empty="There are no titles."
      />
    </>
  );
}

/** The most probable class of a row. */
export function bestClass({ model, answers }: Pick<Answered, 'model' | 'answers'>, head: Head, row: number) {
  const { classes } = model.maps[head];
  const from = row * classes.length;
  let at = 0;
  for (let i = 1; i < classes.length; i++) if (answers[head][from + i] > answers[head][from + at]) at = i;
  return { name: classes[at].name, probability: answers[head][from + at] };
}

function columnsOf(answered: Answered): DataTableColumn<number>[] {
  const { titles, reasons } = answered;
  return [
    { id: 'row', header: '#', width: 72, align: 'end', hideBelow: 700, render: (row) => formatCount(row + 1) },
    {
      id: 'title',
      header: 'Title',
      width: 'minmax(0, 1.2fr)',
      render: (row) => <span title={titles[row]}>{titles[row]}</span>,
    },
    ...heads.flatMap((head): DataTableColumn<number>[] => [
      {
        id: head,
        header: headNames[head],
        width: 'minmax(0, 0.9fr)',
        render: (row) => {
          const reason = reasons[row];
          if (reason !== null) return <span className={css.quiet}>{head === 'level' ? reasonText(reason) : ''}</span>;
          const { name } = bestClass(answered, head, row);
          return <span title={name}>{name}</span>;
        },
      },
      {
        id: `${head} probability`,
        header: 'Prob.',
        width: 72,
        align: 'end',
        hideBelow: 700,
        render: (row) => (reasons[row] === null ? formatFigure(bestClass(answered, head, row).probability, 2) : ''),
      },
    ]),
  ];
}
