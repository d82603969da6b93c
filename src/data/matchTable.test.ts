import { expect, it } from 'vitest';
import { packStrings } from '../shared/strings.ts';
import { writeMatches } from './matchTable.ts';

it('writes each title with its best entries, nothing in it a formula', async () => {
  const blob = writeMatches({
    titles: packStrings(['Chief, Sales', '=1+1', '']),
    matches: {
      count: 2,
      entries: Uint32Array.of(1, 0, 0, 1, 0, 1),
      scores: Float32Array.of(0.75, -0.5, 1, 0.12345, 0.5, 0.5),
    },
    codes: packStrings(['11-1', '-2']),
    names: packStrings(['Boss', '@Seller']),
  });
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await blob.arrayBuffer())).toBe(
    '\ufeffTitle,Code 1,Match 1,Score 1,Code 2,Match 2,Score 2\r\n' +
      `"Chief, Sales",'-2,'@Seller,0.7500,11-1,Boss,-0.5000\r\n` +
      `'=1+1,11-1,Boss,1.0000,'-2,'@Seller,0.1235\r\n` +
      ',,,,,,\r\n',
  );
});
