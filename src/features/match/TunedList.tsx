import { ActionIcon, Button } from '@mantine/core';
import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { MatchingEncoder, TunedEncoder } from '../../shared/matching.ts';
import { formatCounted, formatMoment } from '../../ui/format.ts';
import { saveBlob } from '../../ui/saveBlob.ts';
import css from './MatchScreen.module.css';
import { ReportTable } from './ReportTable.tsx';
import { sameEncoder, type MatchSession, type MatchState } from './matchSession.ts';

export interface TunedListProps {
  session: MatchSession;
  state: MatchState;
  chosen: MatchingEncoder;
  firstEncoder: MatchingEncoder;
  /** Makes a downloaded encoder that of the next training. */
  onTrain: (zip: File) => void;
}

/** Encoders that were fine-tuned here: to be matched with, trained on, downloaded, looked at, removed. */
export function TunedList({ session, state, chosen, firstEncoder, onTrain }: TunedListProps) {
  const [looked, setLooked] = useState<string | null>(null);
  const { tuned, live } = state;
  const withZip = async ({ id, name }: TunedEncoder, use: (zip: Blob, fileName: string) => void): Promise<void> => {
    const zip = await session.exportTuned(id);
    if (zip) use(zip, `${name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')}.zip`);
  };
  return (
    <div>
      <h3 className={css.subheading}>Fine-tuned encoders in this browser</h3>
      <ul className={css.tuned}>
        {tuned.map((encoder) => {
          const { id, name, taxonomyName, createdAt, epochsDone, report } = encoder;
          const source: MatchingEncoder = { kind: 'tuned', id };
          const used = sameEncoder(chosen, source);
          return (
            <li key={id}>
              <div className={css.tunedRow}>
                <div className={css.fileName}>
                  <strong>{name}</strong>
                  <p className={css.quiet}>
                    {taxonomyName}, {formatCounted(epochsDone, 'epoch')}, {formatMoment(createdAt)}
                  </p>
                </div>
                {report && (
                  <Button
                    variant="subtle"
                    aria-expanded={looked === id}
                    onClick={() => setLooked(looked === id ? null : id)}
                  >
                    Figures
                  </Button>
                )}
                <Button
                  variant="default"
                  disabled={used || live !== null}
                  onClick={() => void session.setEncoder(source)}
                >
                  {used ? 'In use' : 'Match with it'}
                </Button>
                <Button
                  variant="default"
                  disabled={live !== null}
                  onClick={() => void withZip(encoder, (zip, fileName) => onTrain(new File([zip], fileName)))}
                >
                  Train with it
                </Button>
                <ActionIcon
                  variant="default"
                  size={36}
                  aria-label={`Download ${name}`}
                  onClick={() => void withZip(encoder, saveBlob)}
                >
                  <Download size={16} aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="default"
                  size={36}
                  aria-label={`Remove ${name}`}
                  disabled={live !== null}
                  onClick={() => void session.removeTuned(id, firstEncoder)}
                >
                  <Trash2 size={16} aria-hidden="true" />
                </ActionIcon>
              </div>
              {looked === id && report && <ReportTable report={report} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
