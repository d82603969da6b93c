/** Processor time and memory of the processes below this one (Linux): what a busy machine blurs less than wall time. */
import { readdirSync, readFileSync } from 'node:fs';

/** Seconds so far, of processes that still run. */
export function descendantSeconds(): number {
  return descendants().reduce((sum, { ticks }) => sum + ticks, 0) / 100;
}

/** Bytes of memory that the processes hold; what several share counts for each. */
export function descendantBytes(): number {
  return descendants().reduce((sum, { pages }) => sum + pages, 0) * 4096;
}

interface Process {
  pid: string;
  parent: string;
  ticks: number;
  pages: number;
}

function descendants(): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): Process[] => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return [{ pid, parent: fields[1], ticks: Number(fields[11]) + Number(fields[12]), pages: Number(fields[21]) }];
      } catch {
        return []; // it has just ended
      }
    });
  const parentOf = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const isBelow = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isBelow(parentOf.get(pid)));
  return all.filter(({ pid }) => pid !== String(process.pid) && isBelow(pid));
}
