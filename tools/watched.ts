// Vitest's and Playwright's tests have limits of their own; a runner whose browser goes away without a word waits forever (Vitest 4, before
// its version 5 asks browsers for a sign of life). So a program that prints nothing for long is ended, and can be run again.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How long a program has to end by itself once it was asked to, in milliseconds. */
const grace = 10_000;

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Watch {
  /** Milliseconds without output after which the program is ended, with all that it started in its process group. */
  silence: number;
  env?: NodeJS.ProcessEnv;
  /** Where its output goes. */
  print: (text: Uint8Array) => void;
}

export interface Watched {
  /** Null where a signal ended it. */
  status: number | null;
  /** Whether it was ended because it fell silent. */
  silent: boolean;
}

/** Runs a program and passes on what it prints, as long as it prints something. @throws where it cannot be started */
export function runWatched(
  program: string,
  args: string[],
  { silence, env = process.env, print }: Watch,
): Promise<Watched> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
    let silent = false;
    let forced: NodeJS.Timeout | undefined;
    const signal = (name: NodeJS.Signals) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const watch = setTimeout(() => {
      silent = true;
      signal('SIGTERM');
      forced = setTimeout(() => signal('SIGKILL'), grace);
    }, silence);
    // In a group of its own, it hears of no key pressed in the terminal, and would outlive us.
    const ended = (name: NodeJS.Signals) => {
      signal(name);
      process.exit(128 + constants.signals[name]);
    };
    for (const name of endings) process.on(name, ended);
    const finish = () => {
      clearTimeout(watch);
      clearTimeout(forced);
      for (const name of endings) process.off(name, ended);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        if (!silent) watch.refresh();
        print(text);
      });
    }
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    child.on('exit', (status) => {
      finish();
      if (silent) signal('SIGKILL');
      // Its last words may still be in the pipes, which what it left behind may hold open for good.
      setTimeout(() => resolve({ status, silent }), 100);
    });
  });
}
