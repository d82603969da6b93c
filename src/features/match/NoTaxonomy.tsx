import { Anchor, Loader } from '@mantine/core';
import { Network } from 'lucide-react';
import { DropArea, FileButton } from '../../ui/DropArea.tsx';
import css from './MatchScreen.module.css';

export const taxonomyFileTypes = '.txt,.tsv,.csv,.xlsx,text/csv,text/plain';

/** The first sight: what can be dropped and where to get it. */
export function NoTaxonomy({ reading, onFiles }: { reading: string | null; onFiles: (files: File[]) => void }) {
  return (
    <DropArea label="Open a taxonomy">
      <Network size={40} strokeWidth={1.4} aria-hidden="true" />
      <h2 className={css.subheading}>Drop a taxonomy here</h2>
      <p className={css.intro}>
        O*NET’s text files, or any table with codes, titles and descriptions: ESCO, NAICS, your own. CSV, TSV or Excel.
        Nothing leaves this machine.
      </p>
      {reading === null ? (
        <FileButton accept={taxonomyFileTypes} multiple onFiles={onFiles}>
          Browse files
        </FileButton>
      ) : (
        <p className={css.reading} aria-live="polite">
          <Loader size="xs" /> Reading {reading}
        </p>
      )}
      <div className={css.sources}>
        <p>
          <strong>O*NET</strong>: from the{' '}
          <Anchor
            href="https://www.onetcenter.org/database.html#individual-files"
            target="_blank"
            rel="noreferrer"
            inherit
          >
            O*NET Resource Center
          </Anchor>{' '}
          (CC BY 4.0, U.S. Department of Labor) take <b>Occupation Data.txt</b>; with <b>Alternate Titles.txt</b> an
          encoder can be fine-tuned, and <b>Sample of Reported Titles.txt</b> is what it is best measured on. Drop them
          together.
        </p>
        <p>
          <strong>ESCO</strong>: occupations_en.csv from the{' '}
          <Anchor href="https://esco.ec.europa.eu/en/use-esco/download" target="_blank" rel="noreferrer" inherit>
            ESCO portal
          </Anchor>
          . <strong>NAICS</strong>: the 2022 workbook with descriptions from{' '}
          <Anchor href="https://www.census.gov/naics/" target="_blank" rel="noreferrer" inherit>
            census.gov
          </Anchor>
          .
        </p>
      </div>
    </DropArea>
  );
}
