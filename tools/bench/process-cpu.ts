import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** CPU time in ms (user and system) that the process has used since its start, from /proc. Throws when the process is gone. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command's name in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** The process's resident memory in MB. */
export function residentMbOf(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return match ? Number(match[1]) / 1024 : 0;
}

/** CPU time in ms of all processes below this one, by command name (`postgres`, `java`, `node`), those that have ended and were waited for included. */
export function cpuMsByCommand(root: number): Map<string, number> {
  const sums = new Map<string, number>();
  const queue = childrenOf(root);
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    queue.push(...childrenOf(pid));
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
      const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
      sums.set(name, (sums.get(name) ?? 0) + (ticks * 1000) / ticksPerSecond);
    } catch {
      // It has ended since its parent was read.
    }
  }
  return sums;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}
