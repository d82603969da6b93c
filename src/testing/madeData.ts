/** A small table whose labels can be learnt from words. */
import type { Dataset } from '../shared/dataset.ts';
import { Random } from '../shared/random.ts';
import { packStrings } from '../shared/strings.ts';

const areas = ['Sales', 'Finance', 'Nursing', 'Software', 'Marketing', 'Legal'];
const kinds = [
  { words: ['Director', 'Dir'], labels: [1, 0, 0] },
  { words: ['Manager', 'Mgr'], labels: [0, 1, 0] },
  { words: ['Clerk', 'Assistant'], labels: [0, 0, 0] },
];

/** Titles whose first two labels follow from a word; the third is carried by four rows. A twelfth of the labels is turned. */
export function madeData(rows: number): Dataset {
  const random = new Random(5);
  const titles: string[] = [];
  const labels = new Uint8Array(rows * 3);
  for (let row = 0; row < rows; row++) {
    const { words, labels: own } = kinds[random.int(kinds.length)];
    titles.push(`${words[random.int(2)]} of ${areas[random.int(areas.length)]} ${random.int(9)}`);
    labels.set(own, row * 3);
    if (random.int(12) === 0) labels[row * 3] = 1 - labels[row * 3];
    if (row % (rows / 4) === 0) labels[row * 3 + 2] = 1;
  }
  return {
    name: 'made',
    titles: packStrings(titles),
    labelNames: ['Director', 'Manager', 'Owner'],
    labels,
    rowNumbers: Uint32Array.from({ length: rows }, (_, row) => row + 2),
    groups: Uint32Array.from({ length: rows }, (_, row) => row),
    cleaning: { html: true, unicode: true, separators: false, symbols: false, lowercase: false, whitespace: true },
    unlabelled: { kind: 'none' },
    fingerprint: '',
  };
}
