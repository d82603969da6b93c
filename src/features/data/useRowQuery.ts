import { useEffect, useEffectEvent, useState } from 'react';
import type { DataSummary, RowQuery, RowView } from '../../shared/dataset.ts';
import type { FetchRowPage } from './dataState.ts';

const firstPage = 100;

interface ShownRows {
  summary: DataSummary;
  query: RowQuery;
  total: number;
  /** Already here, so that the table changes over without a skeleton in between. */
  first: readonly RowView[];
  generation: number;
  /** Of the same rows: how often labels have been corrected. */
  revision: number;
}

export interface RowResult {
  total: number;
  /** Tells one answer from the next. */
  key: string;
  /** Changes when rows of the same answer hold other labels. */
  revision: number;
  /** The rows shown are still those of the question before. */
  stale: boolean;
  fetch: (offset: number, limit: number) => readonly RowView[] | Promise<readonly RowView[]>;
}

/** Rows that match `query`; the ones before stay until the first page of the new ones is there. `query` must be memoised. */
export function useRowQuery(summary: DataSummary, query: RowQuery, fetchRows: FetchRowPage): RowResult {
  const [shown, setShown] = useState<ShownRows>(() => ({
    summary,
    query,
    total: summary.rowCount,
    first: [],
    generation: 0,
    revision: 0,
  }));
  const isCurrent = shown.summary === summary && shown.query === query;
  const ask = useEffectEvent(() => fetchRows(query, 0, firstPage));

  useEffect(() => {
    if (isCurrent) return undefined;
    let overtaken = false;
    const show = (total: number | null, first: readonly RowView[]) => {
      if (overtaken) return;
      setShown((last) => {
        const same = last.query === query && sameRows(last.summary, summary);
        const next = same
          ? { generation: last.generation, revision: last.revision + 1 }
          : { generation: last.generation + 1, revision: 0 };
        return { summary, query, total: total ?? last.total, first, ...next };
      });
    };
    ask().then(
      (page) => show(page.total, page.rows),
      // The table asks again for the same rows, fails visibly and offers to try again.
      () => show(null, []),
    );
    return () => {
      overtaken = true;
    };
  }, [isCurrent, summary, query]);

  return {
    total: shown.total,
    key: String(shown.generation),
    revision: shown.revision,
    stale: !isCurrent,
    fetch: (offset, limit) =>
      offset + limit <= shown.first.length
        ? shown.first.slice(offset, offset + limit)
        : fetchRows(shown.query, offset, limit).then((page) => page.rows),
  };
}

/** Whether two summaries differ by corrected labels at most. */
function sameRows(before: DataSummary, after: DataSummary): boolean {
  return before.rowCount === after.rowCount && JSON.stringify(before.settings) === JSON.stringify(after.settings);
}
