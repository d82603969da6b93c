import { describe, expect, it } from 'vitest';
import { unpackStrings } from '../shared/strings.ts';
import { readTitleList } from './titleFile.ts';

describe('readTitleList', () => {
  it('reads a pasted list, one title a line', async () => {
    const list = await readTitleList('VP, Sales\n\nClerk\r\n', null);
    expect(list).toMatchObject({ name: 'Pasted text', columns: ['Column 1'], titleColumn: 0, rows: 2 });
    expect(unpackStrings(list.titles)).toEqual(['VP, Sales', 'Clerk']);
  });

  it('finds the titles of a file, or takes the column that is asked for', async () => {
    const file = new File(['id,Job Title,City\n1,Clerk,Ulm\n2,Boss,Bonn\n'], 'jobs.csv');
    expect(unpackStrings((await readTitleList(file, null)).titles)).toEqual(['Clerk', 'Boss']);
    const cities = await readTitleList(file, 2);
    expect(cities).toMatchObject({ titleColumn: 2, columns: ['id', 'Job Title', 'City'] });
    expect(unpackStrings(cities.titles)).toEqual(['Ulm', 'Bonn']);
  });

  it('refuses a column that is not there', async () => {
    await expect(readTitleList('Clerk', 4)).rejects.toThrow(/from 0 to 0, got 4/);
  });
});
