import { expect, it } from 'vitest';
import { playwrightFailures, vitestFailures } from './failures.ts';

const vitestTest = (status: string, fullName: string, failureMessages: string[]) => ({
  status,
  fullName,
  failureMessages,
});

it('names what failed in Vitest, with its reason but without its stack', () => {
  const testResults = [
    { name: '/root/src/a.test.ts', message: '', assertionResults: [vitestTest('passed', 'a works', [])] },
    {
      name: '/root/src/b.test.ts',
      message: '',
      assertionResults: [
        vitestTest('passed', 'b works', []),
        vitestTest('passed', 'b adds', ['Error: too slow']),
        vitestTest('failed', 'b counts', [
          'AssertionError: \u001b[31mexpected 1\u001b[39m to be 2\n    at b.test.ts:3:1',
        ]),
      ],
    },
    { name: '/root/src/c.test.ts', message: 'Cannot find "./d.ts"', assertionResults: [] },
  ];
  expect(vitestFailures({ testResults }, '/root')).toEqual([
    'src/b.test.ts > b adds (passed when tried again)\n    Error: too slow',
    'src/b.test.ts > b counts\n    AssertionError: expected 1 to be 2',
    'src/c.test.ts > the file itself\n    Cannot find "./d.ts"',
  ]);
});

const failed = (message: string) => ({ errors: [{ message }] });
const spec = (title: string, status: string, results: { errors: { message: string }[] }[]) => ({
  title,
  tests: [{ status, results }],
});

it('names what failed in Playwright, at the second attempt too, and what passed only then', () => {
  const inner = { file: 'b.spec.ts', specs: [spec('later', 'flaky', [failed('too slow'), { errors: [] }])] };
  const specs = [
    spec('fine', 'expected', [{ errors: [] }]),
    spec('never', 'unexpected', [failed('no button'), failed('no page')]),
    spec('not here', 'skipped', []),
  ];
  const report = { suites: [{ file: 'a.spec.ts', specs, suites: [inner] }], errors: [{ message: 'port in use' }] };
  expect(playwrightFailures(report)).toEqual([
    'a.spec.ts > never\n    no button',
    'b.spec.ts > later (passed when tried again)\n    too slow',
    'Playwright > the run itself\n    port in use',
  ]);
});
