import { expect, it } from 'vitest';
import { Latest } from './latest.ts';

/** Requests that are answered when the test says so. */
function setUp() {
  const open: { input: string; answer: (output: string) => void; fail: (thrown: Error) => void }[] = [];
  const seen: string[] = [];
  const latest = new Latest<string, string>(
    (input) => new Promise((answer, fail) => open.push({ input, answer, fail })),
    (input, output) => seen.push(`${input}=${output}`),
    (input, thrown) => seen.push(`${input}!${String(thrown)}`),
  );
  return { open, seen, latest };
}

it('makes the first request at once and then only the last of those that came meanwhile', async () => {
  const { open, seen, latest } = setUp();
  for (const text of ['V', 'VP', 'VP o', 'VP of']) latest.ask(text);
  expect(open.map(({ input }) => input)).toEqual(['V']);
  open[0].answer('1');
  await expect.poll(() => open).toHaveLength(2);
  expect(open[1].input).toBe('VP of');
  open[1].answer('2');
  await expect.poll(() => seen).toEqual(['V=1', 'VP of=2']);
  latest.ask('VP of Sales');
  expect(open).toHaveLength(3);
});

it('goes on after a failure', async () => {
  const { open, seen, latest } = setUp();
  latest.ask('a');
  latest.ask('b');
  open[0].fail(new Error('busy'));
  await expect.poll(() => open).toHaveLength(2);
  open[1].answer('1');
  await expect.poll(() => seen).toEqual(['a!Error: busy', 'b=1']);
});

it('does not make a request that was cancelled while it waited', async () => {
  const { open, seen, latest } = setUp();
  latest.ask('a');
  latest.ask('ab');
  latest.cancel();
  open[0].answer('1');
  await expect.poll(() => seen).toEqual(['a=1']);
  expect(open).toHaveLength(1);
});
