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
  const keeper = spawn(process.execPath, [join(projectRoot(), 'libs/testing/embedded/child-keeper.mjs'), job], {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const keeperIdentity = keeper.pid === undefined ? null : identify(keeper.pid);
  remember(options.pidFile, [keeperIdentity]);
  const exited = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  const pid = await new Promise<number>((resolve, reject) => {
    keeper.on('message', (message: { pid?: number; error?: string }) => {
      if (message.pid !== undefined) resolve(message.pid);
      if (message.error !== undefined) reject(new Error(`cannot run ${command}: ${message.error}`));
    });
    keeper.once('error', reject);
    keeper.once('exit', (code) => reject(new Error(`cannot run ${command} (code ${code}), see ${options.logFile}`)));
  });
  remember(options.pidFile, [keeperIdentity, identify(pid)]);
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

function remember(pidFile: string, identities: (ProcessIdentity | null)[]): void {
  writeFileSync(pidFile, JSON.stringify(identities.filter((identity) => identity !== null)));
}

/** The keeper of a start that was cut short ends its program by itself; this waits for both, and insists. */
async function endLeftover(pidFile: string, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!existsSync(pidFile)) return;
  const [keeper, program] = parse(readFileSync(pidFile, 'utf8'));
  if (keeper !== undefined) await endProcess(keeper, 'SIGTERM', graceMs + 2_000);
  if (program !== undefined) await endProcess(program, signal, graceMs);
  rmSync(pidFile, { force: true });
}

function parse(text: string): ProcessIdentity[] {
  try {
    return JSON.parse(text) as ProcessIdentity[];
  } catch {
    return [];
  }
}
