/** Processor time of the processes below this one (Linux): what a busy machine blurs less than wall time. */
import { readdirSync, readFileSync } from 'node:fs';

/** Seconds so far, of processes that still run. */
export function descendantSeconds(): number {
  const fields = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return [[pid, ...text.slice(text.lastIndexOf(')') + 2).split(' ')]];
      } catch {
        return []; // it has just ended
      }
    });
  const parentOf = new Map(fields.map(([pid, , parent]) => [pid, parent]));
  const isBelow = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isBelow(parentOf.get(pid)));
  const ticks = fields
    .filter(([pid]) => pid !== String(process.pid) && isBelow(pid))
    .map((line) => Number(line[12]) + Number(line[13]));
  return ticks.reduce((sum, n) => sum + n, 0) / 100;
}
