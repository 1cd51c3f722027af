import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, removeKafkaVolume, removePostgresData, type ProcessIdentity } from '@tollgate/testing';

const OWN_ENTRIES = [
  'kafka',
  'ingress',
  'simulator',
  'logs',
  'demo',
  'secrets.json',
  'organization.json',
  'demo.json',
  'dev.json',
  'system.json',
  'postgres.log',
  'postgres.pid.json',
];

/** The folder that holds everything one installation keeps: databases, secrets, logs. One start at a time may use it. */
export class DataFolder {
  constructor(readonly path: string) {}

  /** Takes the folder for this process; throws, naming the process, while another one has it. A lock of a process that is gone counts for nothing. */
  lock(): void {
    mkdirSync(this.path, { recursive: true });
    const holder = this.read<ProcessIdentity>('start.lock');
    if (holder !== null && isAlive(holder)) {
      throw new Error(
        `${this.path} is in use by process ${holder.pid}: stop that one first (Ctrl-C there, or kill ${holder.pid}), or name another folder with --data-dir.`,
      );
    }
    rmSync(this.file('start.lock'), { force: true });
    try {
      writeFileSync(this.file('start.lock'), JSON.stringify(identify(process.pid)), { flag: 'wx' });
    } catch (error) {
      throw new Error(
        `${this.path} cannot be taken (${(error as Error).message}): another start may be at it, or the folder cannot be written.`,
      );
    }
  }

  unlock(): void {
    rmSync(this.file('start.lock'), { force: true });
  }

  /** Throws away what starts have put here, and nothing else that may lie beside it. */
  async clear(): Promise<void> {
    removePostgresData(this.file('postgres'));
    await removeKafkaVolume(this.file('kafka'));
    for (const entry of OWN_ENTRIES) rmSync(this.file(entry), { recursive: true, force: true });
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** A folder inside, made if missing. */
  folder(name: string): string {
    mkdirSync(this.file(name), { recursive: true });
    return this.file(name);
  }

  read<T>(name: string): T | null {
    if (!existsSync(this.file(name))) return null;
    try {
      return JSON.parse(readFileSync(this.file(name), 'utf8')) as T;
    } catch {
      return null;
    }
  }

  /** Writes a file that its owner alone may read, as a whole: readers see the old or the new one. */
  write(name: string, content: unknown): void {
    const arriving = `${this.file(name)}.${process.pid}`;
    writeFileSync(arriving, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(arriving, this.file(name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { recursive: true, force: true });
  }
}
