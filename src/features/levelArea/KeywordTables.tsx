/** What each keyword caught, and where keywords disagree. */
import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { ConflictCount, KeywordClass, KeywordCount } from '../../shared/levelArea.ts';
import { formatCount, formatCounted } from '../../ui/format.ts';
import css from './LevelArea.module.css';
import { ScrollTable } from './ScrollTable.tsx';

export function CaughtTable({ keywords, classes }: { keywords: KeywordCount[]; classes: KeywordClass[] }) {
  const [all, setAll] = useState(false);
  const shown = keywords.filter(({ titles }) => all || titles > 0).toSorted((a, b) => b.titles - a.titles);
  const idle = keywords.filter(({ titles }) => titles === 0).length;
  return (
    <>
      <Checkbox
        checked={all}
        label={`Show those that stand in no title, too (${formatCount(idle)})`}
        onChange={(event) => setAll(event.currentTarget.checked)}
      />
      <ScrollTable label="What each keyword caught">
        <thead>
          <tr>
            <th scope="col">Keyword</th>
            <th scope="col">Class</th>
            <Number name="In titles" />
            <Number name="Decided" />
            <Number name="Hidden by a longer one" wide />
            <Number name="Against another class" wide />
          </tr>
        </thead>
        <tbody>
          {shown.map(({ keyword, class: at, titles, decided, inside, conflicts }) => (
            <tr key={`${at} ${keyword}`}>
              <th scope="row">{keyword}</th>
              <td>{classes[at]?.name}</td>
              <td className={css.number}>{formatCount(titles)}</td>
              <td className={css.number}>{formatCount(decided)}</td>
              <td className={`${css.number} ${css.wide}`}>{formatCount(inside)}</td>
              <td className={`${css.number} ${css.wide}`}>{formatCount(conflicts)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  );
}

function Number({ name, wide = false }: { name: string; wide?: boolean }) {
  return (
    <th scope="col" className={`${css.number} ${wide ? css.wide : ''}`}>
      {name}
    </th>
  );
}

export function ConflictTable({ conflicts, classes }: { conflicts: ConflictCount[]; classes: KeywordClass[] }) {
  if (conflicts.length === 0) return <p className={css.quiet}>No title holds keywords of several classes.</p>;
  return (
    <ScrollTable label="Conflicts">
      <thead>
        <tr>
          <th scope="col">Classes</th>
          <Number name="Titles" />
          <th scope="col" className={css.wide}>
            For example
          </th>
          <th scope="col">Came to</th>
        </tr>
      </thead>
      <tbody>
        {conflicts.map(({ classes: between, titles, example, outcome }) => (
          <tr key={between.join()}>
            <th scope="row">{between.map((at) => classes[at]?.name).join(' · ')}</th>
            <td className={css.number} aria-label={formatCounted(titles, 'title')}>
              {formatCount(titles)}
            </td>
            <td className={`${css.wide} ${css.name}`}>{example}</td>
            <td>{outcome === null ? 'left open' : classes[outcome]?.name}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
