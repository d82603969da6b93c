/** The openly licensed texts that the vocabulary is learnt from. Each names its licence in the model card (`makeEncoder.ts`). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'fflate';
import Papa from 'papaparse';

export interface Corpus {
  /** Job titles, each once (case folded). */
  titles: string[];
  /** Sentences that describe work. */
  sentences: string[];
}

/**
 * Reads the corpus. Titles that also stand in the file that models are judged on are left out, so that the vocabulary owes nothing
 * to it.
 * @param folder the data folder, see its own README
 */
export function readCorpus(folder: string): Corpus {
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const column = (name: string, columnName: string, delimiter: string): string[] =>
    tableColumn(text(name), columnName, delimiter);
  const onet = (name: string, columnName: string): string[] => column(`onet/${name}`, columnName, '\t');
  const esco = (columnName: string): string[] => column('esco/occupations_en.csv', columnName, ',');

  const titles = [
    ...onet('Occupation Data.txt', 'Title'),
    ...onet('Alternate Titles.txt', 'Alternate Title'),
    ...onet('Sample of Reported Titles.txt', 'Reported Job Title'),
    ...esco('preferredLabel'),
    ...esco('altLabels').flatMap(lines),
    ...column('esco/ISCOGroups_en.csv', 'preferredLabel', ','),
    ...lines(
      new TextDecoder().decode(gunzipSync(readFileSync(join(folder, 'find_job_titles/titles_combined.txt.gz')))),
    ),
    ...['queries.tsv', 'corpus_documents.tsv'].flatMap((name) =>
      lines(text(`avature/${name}`)).map((line) => line.split('\t')[1] ?? ''),
    ),
    ...column('ipod-gazetteer/gazetteer.csv', 'Title', ','),
  ];
  const sentences = [
    ...onet('Occupation Data.txt', 'Description'),
    ...onet('Task Statements.txt', 'Task'),
    ...onet('DWA Reference.txt', 'DWA Title'),
    ...esco('description'),
    ...column('esco/ISCOGroups_en.csv', 'description', ','),
  ];
  const judgedOn = join(folder, 'JobLevelData.csv');
  const excluded = new Set(
    existsSync(judgedOn) ? tableColumn(readFileSync(judgedOn, 'utf8'), 'Title', ',').map(folded) : [],
  );
  return { titles: once(titles, excluded), sentences: once(sentences, excluded) };
}

function lines(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}

function folded(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Each text once, the first spelling of it, without the excluded ones. */
function once(texts: string[], excluded: Set<string>): string[] {
  const seen = new Set(excluded).add('');
  return texts.filter((text) => {
    const key = folded(text);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

/** One column of a delimited table with a header; O*NET's tables have no quoting. */
function tableColumn(text: string, name: string, delimiter: string): string[] {
  const options = delimiter === '\t' ? { delimiter, quoteChar: '\0' } : { delimiter };
  const { data } = Papa.parse<string[]>(text, options);
  const index = data[0].indexOf(name);
  if (index < 0) throw new Error(`Expected a column ${name}, got ${data[0].join(', ')}`);
  return data.slice(1).map((row) => row[index] ?? '');
}
