import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Names one process for good: a pid is used again by the system, a pid together with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** What the system says about when it started: opaque, compared as text. */
  readonly startedAt: string;
}

/** The identity of a living process, or null when there is none with that pid. */
export function identify(pid: number): ProcessIdentity | null {
  const startedAt = startTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether the very process that was recorded is alive; another one with the same pid is not it. */
export function isAlive(recorded: ProcessIdentity): boolean {
  return startTime(recorded.pid) === recorded.startedAt;
}

/** Ends the recorded process if it still lives: asks with `signal`, insists after `graceMs`. Another process with its pid is never touched. */
export async function endProcess(recorded: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  send(recorded, signal);
  while (isAlive(recorded)) {
    if (Date.now() > deadline) send(recorded, 'SIGKILL');
    if (Date.now() > deadline + 5_000) throw new Error(`process ${recorded.pid} does not end`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function send(recorded: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(recorded)) return;
  try {
    process.kill(recorded.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startTime(pid: number): string | null {
  if (process.platform !== 'linux') return startTimeByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; the state is the 1st after it, the start time the 20th (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startTimeByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
