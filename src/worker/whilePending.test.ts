import { expect, it } from 'vitest';
import { whilePending } from './whilePending.ts';

it('hears reports until the answer, and none that come after it', async () => {
  const heard: number[] = [];
  const told: ((part: number) => void)[] = [];
  const answer = await whilePending(
    (part: number) => heard.push(part),
    async (proxied) => {
      told.push(proxied);
      proxied(0.5);
      return 'done';
    },
  );
  told[0](1);
  expect(answer).toBe('done');
  expect(heard).toEqual([0.5]);
});

it('hears none after a failure', async () => {
  const heard: number[] = [];
  const told: ((part: number) => void)[] = [];
  const call = whilePending(
    (part: number) => heard.push(part),
    async (proxied) => {
      told.push(proxied);
      throw new Error('lost');
    },
  );
  await expect(call).rejects.toThrow('lost');
  told[0](1);
  expect(heard).toEqual([]);
});
