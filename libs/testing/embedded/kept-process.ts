import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, identify, type ProcessIdentity } from './process-identity';
import { projectRoot } from './project-root';

/** How a server program is run. */
export interface KeptProcessOptions {
  command: string;
  args: string[];
  /** Where its output is appended. */
  logFile: string;
  /** Remembers which process runs, so that the next start ends one that outlived its keeper. */
  pidFile: string;
  /** What asks the program to stop; after `graceMs` it is killed. */
  stopSignal: NodeJS.Signals;
  graceMs: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/** A server program that ends with the process that started it. */
export interface KeptProcess {
  readonly pid: number;
  /** Settles when the program has ended, wanted or not. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** Starts a program under a keeper, so that it never outlives this process. Throws when it cannot be run at all. */
export async function startKeptProcess(options: KeptProcessOptions): Promise<KeptProcess> {
  await endLeftover(options.pidFile, options.stopSignal, options.graceMs);
  const log = openSync(options.logFile, 'a');
  const { command, args, stopSignal, graceMs, cwd, env, uid, gid } = options;
  const job = JSON.stringify({ command, args, stopSignal, graceMs, options: { cwd, env, uid, gid } });
  // Detached: Ctrl-C reaches this process alone, which then stops things in their order.
  const keeper = spawn(process.execPath, [join(projectRoot(), 'libs/testing/embedded/child-keeper.cjs'), job], {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  const pid = await new Promise<number>((resolve, reject) => {
    keeper.on('message', (message: { pid?: number; error?: string }) => {
      if (message.pid !== undefined) resolve(message.pid);
      if (message.error !== undefined) reject(new Error(`cannot run ${command}: ${message.error}`));
    });
    keeper.once('error', reject);
    keeper.once('exit', (code) => reject(new Error(`cannot run ${command} (code ${code}), see ${options.logFile}`)));
  });
  const identity = identify(pid);
  if (identity !== null) writeFileSync(options.pidFile, JSON.stringify(identity));
  return {
    pid,
    exited,
    stop: async () => {
      if (keeper.connected) keeper.send('stop');
      await exited;
      rmSync(options.pidFile, { force: true });
    },
  };
}

async function endLeftover(pidFile: string, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!existsSync(pidFile)) return;
  try {
    await endProcess(JSON.parse(readFileSync(pidFile, 'utf8')) as ProcessIdentity, signal, graceMs);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  rmSync(pidFile, { force: true });
}
