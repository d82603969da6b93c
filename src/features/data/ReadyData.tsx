import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import type { DataSettings, DataSummary, FindingId, RowQuery } from '../../shared/dataset.ts';
import { CleaningCard } from './CleaningCard.tsx';
import { ContinueBar } from './ContinueBar.tsx';
import { CorrectionsCard } from './CorrectionsCard.tsx';
import css from './DataScreen.module.css';
import type { CorrectionActions, FetchRowPage } from './dataState.ts';
import { FileHeader, type FileHeaderProps } from './FileHeader.tsx';
import { HealthPanel } from './HealthPanel.tsx';
import { LabelCharts } from './LabelCharts.tsx';
import { LengthChart } from './LengthChart.tsx';
import { RolesCard } from './RolesCard.tsx';
import { RowsTable } from './RowsTable.tsx';
import { TrainRowsCard } from './TrainRowsCard.tsx';
import { useRowQuery } from './useRowQuery.ts';

export interface ReadyDataProps extends FileHeaderProps {
  summary: DataSummary;
  fetchRows: FetchRowPage;
  onConfigure: (change: Partial<DataSettings>) => void;
  configuring: boolean;
  onContinue: () => void;
  locked: boolean;
  /** Corrects labels by hand and finds rows to correct. */
  corrections: CorrectionActions;
}

/** While a column is not known, nothing can be said or changed of what is in it. */
function isUnread({ roles }: DataSettings): boolean {
  return roles.title === null || roles.labels === null;
}

/** A table that is open: what is wrong with it, what is in it, how it is read. */
export function ReadyData({
  summary,
  fetchRows,
  onConfigure,
  configuring,
  onContinue,
  locked,
  corrections,
  ...header
}: ReadyDataProps) {
  const { settings, change } = usePendingSettings(summary, configuring, onConfigure);
  const filter = useFilter(summary);
  const rows = useRowQuery(summary, filter.query, fetchRows);
  const [hovered, onHover] = useState<string | null>(null);
  const rowsPanel = useRef<HTMLDivElement>(null);

  const onShowFinding = (finding: FindingId | undefined) => {
    filter.setFinding(finding);
    // On a phone the rows are screens further down; where they can be seen already, nothing moves.
    const top = rowsPanel.current?.getBoundingClientRect().top ?? 0;
    if (finding && top > 0.7 * window.innerHeight) rowsPanel.current?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <>
      <FileHeader summary={summary} {...header} />
      <div className={css.layout}>
        <div className={`${css.panel} ${css.health}`}>
          <HealthPanel
            findings={summary.findings}
            active={filter.query.finding}
            onShow={onShowFinding}
            silence={
              isUnread(settings) ? 'Looked at once the columns below are chosen.' : (summary.blocked?.message ?? null)
            }
          />
        </div>
        <div className={css.main}>
          <LabelCharts
            summary={summary}
            hovered={hovered}
            onHover={onHover}
            selected={filter.query.label ?? null}
            onSelect={filter.setLabel}
          />
          <div className={`${css.panel} ${css.rows}`} ref={rowsPanel}>
            <RowsTable
              summary={summary}
              rows={rows}
              query={filter.query}
              search={filter.search}
              onSearch={filter.setSearch}
              onLabel={filter.setLabel}
              onShowAll={filter.clear}
              hovered={hovered}
              onHover={onHover}
              onEdit={isUnread(summary.settings) ? null : (row, labels) => corrections.onEdit(row, labels)}
            />
          </div>
        </div>
        <div className={css.settings}>
          {!summary.blocked && (
            <div className={css.panel}>
              <CorrectionsCard state={summary.corrections} actions={corrections} />
            </div>
          )}
          <div className={css.panel}>
            <RolesCard
              columns={summary.columns}
              roles={settings.roles}
              onRoles={(roles) => change({ roles })}
              disabled={locked}
            />
          </div>
          <div className={css.panel}>
            <TrainRowsCard settings={settings} onConfigure={change} disabled={locked} />
          </div>
          <div className={css.panel}>
            <CleaningCard
              cleaning={settings.cleaning}
              cleaned={summary.cleaned}
              onCleaning={(cleaning) => change({ cleaning })}
              disabled={locked}
            />
          </div>
          <div className={css.panel}>
            <LengthChart tokenLengths={summary.tokenLengths} />
          </div>
        </div>
      </div>
      <ContinueBar summary={summary} configuring={configuring} locked={locked} onContinue={onContinue} />
    </>
  );
}

/** Settings as the user has set them, ahead of the analysis that is still on its way. */
function usePendingSettings(summary: DataSummary, configuring: boolean, onConfigure: ReadyDataProps['onConfigure']) {
  const [pending, setPending] = useState<Partial<DataSettings>>({});
  const [seen, setSeen] = useState({ summary, configuring });
  if (seen.summary !== summary || seen.configuring !== configuring) {
    setSeen({ summary, configuring });
    // The analysis is through, or has failed: what counts now is what the summary says.
    if (!configuring) setPending({});
  }
  const settings: DataSettings = { ...summary.settings, ...pending };
  const change = (part: Partial<DataSettings>) => {
    setPending({ ...pending, ...part });
    onConfigure(part);
  };
  return { settings, change };
}

/** What the rows are filtered for. A finding or label that a change of settings has done away with is let go of. */
function useFilter(summary: DataSummary) {
  const [finding, setFinding] = useState<FindingId>();
  const [label, setLabel] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 150);
  const heldFinding = summary.findings.some(({ id }) => id === finding) ? finding : undefined;
  const heldLabel = summary.labels.some(({ name }) => name === label) ? (label ?? undefined) : undefined;
  const query = useMemo<RowQuery>(
    () => ({ finding: heldFinding, label: heldLabel, search: settled === '' ? undefined : settled }),
    [heldFinding, heldLabel, settled],
  );
  const clear = () => {
    setFinding(undefined);
    setLabel(null);
    setSearch('');
  };
  return { query, search, setFinding, setLabel, setSearch, clear };
}
