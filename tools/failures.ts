// A log is often read from its end, or kept only in part: what failed is said there once more, by name and reason.

interface VitestReport {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[];
  }[];
}

interface PlaywrightSuite {
  file: string;
  specs: {
    title: string;
    tests: { status: string; results: { errors: { message?: string }[] }[] }[];
  }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport {
  suites: PlaywrightSuite[];
  errors?: { message?: string }[];
}

/** Colours and cursor movements of a terminal. */
// oxlint-disable-next-line no-control-regex
const escapes = /\u001b\[[0-9;?]*[a-zA-Z]/g;

/** The first lines of a message, up to where the stack begins. */
function reason(message: string | undefined): string {
  const lines = (message ?? '').replaceAll(escapes, '').split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const said = (stack < 0 ? lines : lines.slice(0, stack)).filter((line) => line.trim() !== '');
  return said.slice(0, 12).join('\n    ');
}

const secondAttempt = '(passed when tried again)';

const told = (where: string, name: string, message: string | undefined) => `${where} > ${name}\n    ${reason(message)}`;

/**
 * @returns one text for each test and file in Vitest's JSON report that failed, and each test that passed only when it was tried again; files
 * relative to `root`
 */
export function vitestFailures({ testResults }: VitestReport, root: string): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = name.replace(`${root}/`, '');
    // What failed before it passed keeps its message.
    const failed = assertionResults.filter(({ failureMessages }) => (failureMessages ?? []).length > 0);
    if (failed.length === 0 && message !== '') return [told(file, 'the file itself', message)];
    return failed.map(({ status, fullName, failureMessages }) =>
      told(file, status === 'passed' ? `${fullName} ${secondAttempt}` : fullName, failureMessages?.[0]),
    );
  });
}

/** @returns one text for each test in Playwright's JSON report that failed, or that passed only when it was tried again */
export function playwrightFailures({ suites, errors = [] }: PlaywrightReport): string[] {
  const ofSuite = ({ file, specs, suites: inner = [] }: PlaywrightSuite): string[] => [
    ...specs.flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ status, results }) => {
          const name = status === 'flaky' ? `${title} ${secondAttempt}` : title;
          return told(file, name, results.find((result) => result.errors.length > 0)?.errors[0].message);
        }),
    ),
    ...inner.flatMap(ofSuite),
  ];
  return [...suites.flatMap(ofSuite), ...errors.map(({ message }) => told('Playwright', 'the run itself', message))];
}
