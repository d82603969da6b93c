import { VisuallyHidden } from '@mantine/core';
import { ChevronRight, CircleCheck, Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Finding, FindingId } from '../../shared/dataset.ts';
import css from './HealthPanel.module.css';

const severities = {
  problem: { Icon: OctagonAlert, word: 'Problem', className: css.problem },
  warning: { Icon: TriangleAlert, word: 'Warning', className: css.warning },
  info: { Icon: Info, word: 'Note', className: css.info },
} as const;

const order = ['problem', 'warning', 'info'] as const;

export interface HealthPanelProps {
  findings: readonly Finding[];
  /** The finding whose rows are shown now. */
  active: FindingId | undefined;
  /** Called with the finding, or with undefined when the active one is chosen again. */
  onShow: (id: FindingId | undefined) => void;
  /** What is said in place of praise where nothing is found: why the rows cannot be judged, or trained on; null where they can. */
  silence: string | null;
}

/** What is wrong with the table, worst first; each finding with rows shows them on a click. */
export function HealthPanel({ findings, active, onShow, silence }: HealthPanelProps) {
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return (
    <section aria-labelledby="health-title">
      <h2 id="health-title" className={css.title}>
        Health
        {findings.length > 0 && <span className={css.count}>{countBySeverity(findings)}</span>}
      </h2>
      {findings.length === 0 && silence !== null && <p className={css.unread}>{silence}</p>}
      {findings.length === 0 && silence === null && (
        <p className={css.clean}>
          <CircleCheck size={16} aria-hidden="true" /> Nothing to complain about.
        </p>
      )}
      <ul className={css.list}>
        {sorted.map((finding) => (
          <li key={finding.id}>
            <FindingItem finding={finding} active={active === finding.id} onShow={onShow} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function FindingItem({
  finding,
  active,
  onShow,
}: {
  finding: Finding;
  active: boolean;
  onShow: HealthPanelProps['onShow'];
}) {
  const { Icon, word, className } = severities[finding.severity];
  const content = (
    <>
      <Icon size={16} aria-hidden="true" className={className} />
      <span className={css.text}>
        <span className={css.heading}>
          <VisuallyHidden>{word}: </VisuallyHidden>
          {finding.title}
        </span>
        <span className={css.detail}>{finding.detail}</span>
      </span>
    </>
  );
  if (finding.rows === 0) return <div className={css.item}>{content}</div>;
  return (
    <button
      type="button"
      className={`${css.item} ${active ? css.active : ''}`}
      aria-pressed={active}
      onClick={() => onShow(active ? undefined : finding.id)}
    >
      {content}
      <ChevronRight size={16} aria-hidden="true" className={css.chevron} />
    </button>
  );
}

function countBySeverity(findings: readonly Finding[]): string {
  return order
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severities[severity].word.toLowerCase()}${count === 1 ? '' : 's'}`)
    .join(', ');
}
