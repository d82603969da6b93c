import { Button, CloseButton, Progress, Select } from '@mantine/core';
import { ClipboardPaste, Download } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { Matches, TaxonomyFile } from '../../shared/matching.ts';
import { isBlank, packStrings, unpackStrings } from '../../shared/strings.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { DataTableColumn } from '../../ui/DataTableRow.tsx';
import { FileButton } from '../../ui/DropArea.tsx';
import { formatCounted, formatFigure, formatPercent } from '../../ui/format.ts';
import { PasteModal } from '../../ui/PasteModal.tsx';
import { saveBlob } from '../../ui/saveBlob.ts';
import type { TitleFile } from '../../worker/protocol.ts';
import css from './MatchScreen.module.css';
import type { MatchState, MatchTools } from './matchSession.ts';

export interface ManyTitlesProps {
  state: MatchState;
  file: TaxonomyFile;
  tools: MatchTools;
}

/** Titles a call, so that what is typed meanwhile is answered in between. */
const chunkTitles = 256;
const counts = ['1', '3', '5', '10'];

/** What was matched so far; `matches` holds the first `done` titles. */
interface Run {
  titles: string[];
  matches: Matches;
  done: number;
  running: boolean;
}

/** A file or a pasted list in, a table and a CSV file of the best entries out. */
export function ManyTitles({ state, file, tools }: ManyTitlesProps) {
  const [source, setSource] = useState<{ source: File | string; info: TitleFile } | null>(null);
  const [run, setRun] = useState<Run | null>(null);
  const [count, setCount] = useState('5');
  const [pasting, setPasting] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const turn = useRef(0);
  const { opened, scoring } = state;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setError(null);
    try {
      await work();
    } catch (thrown) {
      const { message, hint } = toRungError(thrown);
      setError(`${message} ${hint}`);
      setRun((now) => now && { ...now, running: false });
    }
  };
  const open = (from: File | string, column: number | null): Promise<void> =>
    attempt(async () => {
      const info = await tools.data.readTitles(from, column);
      setSource({ source: from, info });
      await matchAll(unpackStrings(info.titles), Number(count));
    });
  const matchAll = async (titles: string[], wanted: number): Promise<void> => {
    const mine = ++turn.current;
    const size = Math.min(wanted, file.taxonomy.codes.offsets.length - 1);
    const matches: Matches = {
      count: size,
      entries: new Uint32Array(titles.length * size),
      scores: new Float32Array(titles.length * size),
    };
    for (let done = 0; done < titles.length;) {
      setRun({ titles, matches, done, running: true });
      const part = titles.slice(done, done + chunkTitles);
      const found = await tools.matching.match(packStrings(part), scoring, size);
      if (mine !== turn.current) return;
      matches.entries.set(found.entries, done * size);
      matches.scores.set(found.scores, done * size);
      done += part.length;
    }
    setRun({ titles, matches, done: titles.length, running: false });
  };
  const again = (wanted: string): void => {
    setCount(wanted);
    if (source) void attempt(() => matchAll(unpackStrings(source.info.titles), Number(wanted)));
  };
  const stop = (): void => {
    turn.current++;
    setRun((now) => now && { ...now, running: false });
  };
  return (
    <section className={css.panel} aria-label="Many titles">
      <div className={css.fileHeader}>
        <div className={css.fileName}>
          <h2 className={css.subheading}>{source ? source.info.name : 'Match a whole file'}</h2>
          <p className={css.quiet}>
            {source ? formatCounted(source.info.rows, 'title') : 'Excel, CSV or a pasted list; out comes a CSV file.'}
          </p>
        </div>
        {source && source.info.columns.length > 1 && (
          <Select
            label="Column with the titles"
            data={source.info.columns.map((label, column) => ({ value: String(column), label }))}
            value={String(source.info.titleColumn)}
            onChange={(column) => void open(source.source, Number(column))}
            allowDeselect={false}
          />
        )}
        <Select
          label="Entries a title"
          className={css.count}
          data={counts}
          value={count}
          onChange={(value) => again(value ?? count)}
          allowDeselect={false}
        />
        <FileButton
          accept=".xlsx,.csv,.tsv,.txt,text/csv,text/plain"
          variant="default"
          disabled={!opened}
          onFiles={([first]) => void open(first, null)}
        >
          {source ? 'Another file' : 'Choose titles'}
        </FileButton>
        <Button
          variant="default"
          disabled={!opened}
          leftSection={<ClipboardPaste size={16} aria-hidden="true" />}
          onClick={() => setPasting(true)}
        >
          Paste titles
        </Button>
        {source && (
          <CloseButton
            aria-label="Close this file"
            onClick={() => {
              stop();
              setSource(null);
              setRun(null);
            }}
          />
        )}
      </div>
      {error && <p className={css.problem}>{error}</p>}
      {run && source && (
        <RunOfTitles {...{ run, file, tools, name: source.info.name, onStop: stop, onAgain: () => again(count) }} />
      )}
      <PasteModal
        opened={pasting}
        onClose={() => setPasting(false)}
        onText={(text) => void open(text, null)}
        title="Paste titles"
        action="Match"
        box={{ label: 'Titles, one a line', autosize: true, minRows: 8, maxRows: 16 }}
      />
    </section>
  );
}

interface RunOfTitlesProps {
  run: Run;
  file: TaxonomyFile;
  tools: MatchTools;
  name: string;
  onStop: () => void;
  onAgain: () => void;
}

function RunOfTitles({ run, file, tools, name, onStop, onAgain }: RunOfTitlesProps) {
  const { titles, matches, done, running } = run;
  const { taxonomy } = file;
  const names = useMemo(() => unpackStrings(taxonomy.titles), [taxonomy]);
  const codes = useMemo(() => unpackStrings(taxonomy.codes), [taxonomy]);
  const download = async (): Promise<void> => {
    const size = done * matches.count;
    const part = {
      count: matches.count,
      entries: matches.entries.slice(0, size),
      scores: matches.scores.slice(0, size),
    };
    const table = {
      titles: packStrings(titles.slice(0, done)),
      matches: part,
      codes: taxonomy.codes,
      names: taxonomy.titles,
    };
    saveBlob(await tools.data.writeMatches(table), `${name.replace(/\.[a-z0-9]{1,5}$/i, '')} matches.csv`);
  };
  // A cell without a title belongs to nothing.
  const best = (of: readonly string[], row: number) =>
    isBlank(titles[row]) ? undefined : of[matches.entries[row * matches.count]];
  const columns: DataTableColumn<number>[] = [
    {
      id: 'title',
      header: 'Title',
      width: 'minmax(0, 1fr)',
      render: (row) => <span title={titles[row]}>{titles[row]}</span>,
    },
    {
      id: 'code',
      header: 'Code',
      width: 112,
      hideBelow: 600,
      render: (row) => <span title={best(codes, row)}>{best(codes, row)}</span>,
    },
    {
      id: 'match',
      header: 'Best entry',
      width: 'minmax(0, 1fr)',
      render: (row) => <span title={best(names, row)}>{best(names, row)}</span>,
    },
    {
      id: 'score',
      header: 'Score',
      width: 72,
      align: 'end',
      render: (row) => formatFigure(isBlank(titles[row]) ? null : matches.scores[row * matches.count], 2),
    },
  ];
  return (
    <>
      <div className={css.run}>
        {running ? (
          <>
            <Progress
              value={(100 * done) / titles.length}
              size={4}
              aria-label="Matching"
              aria-valuetext={formatPercent(done / titles.length)}
            />
            <Button variant="default" onClick={onStop}>
              Stop
            </Button>
          </>
        ) : (
          <p className={css.quiet}>
            {formatCounted(done, 'title')} matched{done < titles.length ? ` of ${titles.length}` : ''}.
          </p>
        )}
        {!running && (
          <Button variant="default" onClick={onAgain}>
            Match again
          </Button>
        )}
        <Button
          leftSection={<Download size={16} aria-hidden="true" />}
          disabled={running || done === 0}
          onClick={() => void download()}
        >
          CSV<span className={css.unseen}> file of matches, download</span>
        </Button>
      </div>
      <DataTable
        total={done}
        columns={columns}
        fetchRows={(offset, limit) => Array.from({ length: Math.min(limit, done - offset) }, (_, i) => offset + i)}
        queryKey={`${name} ${done} ${matches.count}`}
        caption={`Matches of ${name}`}
        height={`min(${Math.max(3, done + 1) * 40}px, 440px, 60vh)`}
        empty="Rows appear here as they are matched."
      />
    </>
  );
}
