// All checks in order, the cheap ones first; each runs even when an earlier one failed. Ends with one line: "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = mkdtempSync(join(tmpdir(), 'rung-test-'));
const vitestReport = join(reports, 'vitest.json');
const playwrightReport = join(reports, 'playwright.json');

/** @type {{name: string, command: string[], env?: Record<string, string>, count?: () => {passed: number, failed: number, skipped: number}}[]} */
const stages = [
  { name: 'types', command: ['npm', 'run', '-s', 'typecheck'] },
  { name: 'lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'format', command: ['npm', 'run', '-s', 'format:check'] },
  {
    name: 'unit and engine tests',
    command: ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
    count: () => {
      const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(vitestReport, 'utf8'));
      return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
    },
  },
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
  { name: 'size of the build', command: ['npm', 'run', '-s', 'size'] },
  {
    name: 'end-to-end tests',
    command: ['npx', 'playwright', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
    count: () => {
      const { stats } = JSON.parse(readFileSync(playwrightReport, 'utf8'));
      return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
    },
  },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
for (const { name, command, env, count } of stages) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  let counted = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  try {
    if (count) counted = count();
  } catch {
    counted = { passed: 0, failed: 1, skipped: 0 };
  }
  // A runner that fails without a failed test (a crash, an unhandled rejection) has failed all the same.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  if (counted.failed > 0) broken.push(name);
  for (const key of Object.keys(total)) total[key] += counted[key];
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'} after ${Math.round((Date.now() - started) / 1000)} s`);
}
rmSync(reports, { recursive: true, force: true });
if (broken.length > 0) console.log(`\nFailed: ${broken.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = broken.length > 0 ? 1 : 0;
