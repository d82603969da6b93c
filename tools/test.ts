// All checks in order, the cheap ones first; each runs even when an earlier one failed. Ends with what failed, by name, and one line:
// "N passed, N failed, N skipped".
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playwrightFailures, vitestFailures } from './failures.ts';
import { runWatched } from './watched.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, or passed only at a second attempt, in words. */
  failures?: string[];
}

interface Stage {
  name: string;
  command: [program: string, ...args: string[]];
  env?: NodeJS.ProcessEnv;
  /** Reads the runner's report. Without it the stage is one check. */
  count?: () => Count;
}

/** Minutes, longer than any single test may take: who says nothing for so long hangs, and is run once more. */
const silence = 11;

function stagesReportingTo(folder: string): Stage[] {
  const vitestReport = join(folder, 'vitest.json');
  const playwrightReport = join(folder, 'playwright.json');
  return [
    { name: 'types', command: ['npm', 'run', '-s', 'typecheck'] },
    { name: 'lint', command: ['npm', 'run', '-s', 'lint'] },
    { name: 'format', command: ['npm', 'run', '-s', 'format:check'] },
    {
      name: 'unit and engine tests',
      command: ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
      count: () => {
        const report = JSON.parse(readFileSync(vitestReport, 'utf8'));
        const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = report;
        return { passed, failed, skipped, failures: vitestFailures(report, process.cwd()) };
      },
    },
    { name: 'build', command: ['npm', 'run', '-s', 'build'] },
    { name: 'size of the build', command: ['npm', 'run', '-s', 'size'] },
    {
      name: 'end-to-end tests',
      command: ['npx', 'playwright', 'test', '--reporter=list,json'],
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
      count: () => {
        const report = JSON.parse(readFileSync(playwrightReport, 'utf8'));
        const { expected, flaky, unexpected: failed, skipped } = report.stats;
        return { passed: expected + flaky, failed, skipped, failures: playwrightFailures(report) };
      },
    },
  ];
}

/** Runs a stage, once more if it falls silent. */
async function run({ name, command: [program, ...args], env, count }: Stage): Promise<Count> {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const watch = {
    silence: silence * 60_000,
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
    print: (text: Uint8Array) => process.stdout.write(text),
  };
  let { status, silent } = await runWatched(program, args, watch);
  if (silent) {
    console.log(`\n== ${name}: nothing said for ${silence} minutes, so ended and run once more`);
    ({ status, silent } = await runWatched(program, args, watch));
  }
  let counted: Count = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  try {
    if (count) counted = count();
  } catch {
    counted = { passed: 0, failed: 1, skipped: 0 };
  }
  // A runner that fails without a failed test (a crash, an unhandled rejection) has failed all the same.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  const outcome = counted.failed === 0 ? 'ok' : silent ? 'FAILED, silent again,' : 'FAILED';
  console.log(`== ${name}: ${outcome} after ${Math.round((Date.now() - started) / 1000)} s`);
  return counted;
}

/** @returns the exit status */
export async function main(): Promise<number> {
  const reports = mkdtempSync(join(tmpdir(), 'rung-test-'));
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  const broken: string[] = [];
  const failures: string[] = [];
  for (const stage of stagesReportingTo(reports)) {
    const counted = await run(stage);
    if (counted.failed > 0) broken.push(stage.name);
    failures.push(...(counted.failures ?? []));
    total.passed += counted.passed;
    total.failed += counted.failed;
    total.skipped += counted.skipped;
  }
  rmSync(reports, { recursive: true, force: true });
  for (const failure of failures) console.log(`\n${failure}`);
  if (broken.length > 0) console.log(`\nFailed: ${broken.join(', ')}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return broken.length > 0 ? 1 : 0;
}
