import { expect, it } from 'vitest';
import { renderHook } from 'vitest-browser-react';
import { useInTurn } from './useInTurn.ts';

it('lets the values of several components through one at a time, and the last one always', async () => {
  const shown: string[] = [];
  const start = (name: string) =>
    renderHook(
      (value = 0) => {
        const now = useInTurn(value);
        if (now !== null && shown.at(-1) !== `${name}${now}`) shown.push(`${name}${now}`);
        return now;
      },
      { initialProps: 1 },
    );
  const [a, b] = [await start('a'), await start('b')];
  await expect.poll(() => [a.result.current, b.result.current]).toEqual([1, 1]);
  for (let value = 2; value <= 9; value++) {
    await a.rerender(value);
    await b.rerender(value);
  }
  await expect.poll(() => [a.result.current, b.result.current]).toEqual([9, 9]);
  expect(shown.slice(0, 2).toSorted()).toEqual(['a1', 'b1']);
});
