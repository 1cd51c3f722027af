import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@tollgate/testing';
import type { Running } from './supervised';

/** A service drains for up to 10 s; a busy machine gets some more. */
const STOP_GRACE_MS = 15_000;
const LARGEST_LOG_BYTES = 64 * 1024 * 1024;

/** Runs one of the project's own programs (a file of dist/) with its output appended to a log. It ends with this process, however that ends. */
export function startProgram(job: {
  file: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Hears that it had to be killed, since it did not stop in time. */
  killed: () => void;
}): Running {
  const log = openLog(job.logFile);
  const leash = join(projectRoot(), 'tools/start/leash.cjs');
  // Detached: Ctrl-C reaches this process alone, which then stops the others in their order.
  const child = spawn(process.execPath, ['--require', leash, join(projectRoot(), job.file), ...(job.args ?? [])], {
    stdio: ['ignore', log, log, 'ipc'],
    cwd: projectRoot(),
    env: job.env,
    detached: true,
  });
  closeSync(log);
  child.channel?.unref();
  if (child.pid === undefined) throw new Error(`${process.execPath} cannot be run`);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('error', () => undefined);
  return { pid: child.pid, exited, stop: () => stop(child, exited, job.killed) };
}

async function stop(child: ChildProcess, exited: Promise<void>, killed: () => void): Promise<void> {
  child.kill('SIGTERM');
  const insist = setTimeout(() => {
    if (child.kill('SIGKILL')) killed();
  }, STOP_GRACE_MS);
  await exited;
  clearTimeout(insist);
}

/** A log that has grown large makes room: the one before is kept beside it. */
function openLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}

const KEPT_FROM_PROGRAMS = /^(DATABASE_URL|PG[A-Z]+|npm_.*|INIT_CWD|.*_API_KEY)$/;

/** What programs are given of this process's environment: not the database's owner, nor providers' keys, nor npm's own. */
export function programEnvironment(own: Record<string, string>): NodeJS.ProcessEnv {
  const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => !KEPT_FROM_PROGRAMS.test(name)));
  return { ...passed, NODE_ENV: 'production', ...own };
}
