import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ensureDatabase } from './ensure-database';
import { freePort } from './free-port';
import { initialisePostgres } from './initialise-postgres';
import { startKeptProcess } from './kept-process';
import { postgresPlaces } from './postgres-places';
import { postgresUser } from './postgres-user';

/** A running PostgreSQL server. */
export interface EmbeddedPostgres {
  /** The owner's URL of `database`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server has ended, wanted or not. */
  readonly exited: Promise<void>;
  /** Stops it cleanly (its clients are disconnected), kills it after 10 s. What it stored stays. */
  stop(): Promise<void>;
}

/** Where the server keeps its data and listens. */
export interface EmbeddedPostgresOptions {
  /** Keeps the data between runs; made if missing. */
  dataDir: string;
  /** Default: a free one. */
  port?: number;
  /** The owner's password, of this and every later run on the data; default `postgres`. */
  password?: string;
  /** Made if missing; default `tollgate`. */
  database?: string;
  /** False for tests: faster, and a power failure may damage the data. Default true. */
  durable?: boolean;
  /** Default: `postgres.log` beside `dataDir`. */
  logFile?: string;
  say?: (line: string) => void;
}

const QUICK = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];

/** Starts a real PostgreSQL 17 that ends with this process, as root or not. Resolves once `database` takes connections. */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { password = 'postgres', database = 'tollgate', say = () => undefined } = options;
  const dataDir = resolve(options.dataDir);
  const logFile = options.logFile ?? `${dataDir}.log`;
  mkdirSync(dirname(dataDir), { recursive: true });
  const user = postgresUser();
  const { programs, data } = postgresPlaces(dataDir, user, say);
  const port = options.port ?? (await freePort());
  const identity = { cwd: '/', env: environment(), ...(user ?? {}) };
  const program = (name: string): string => executable(join(programs, 'bin', name));
  await initialisePostgres({ initdb: program('initdb'), data, password, user, identity });
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=400',
    'shared_buffers=128MB',
    'max_wal_size=2GB',
    'log_min_messages=warning',
  ];
  const server = await startKeptProcess({
    command: program('postgres'),
    args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting]), ...(options.durable === false ? QUICK : [])],
    logFile,
    pidFile: `${dataDir}.pid.json`,
    stopSignal: 'SIGINT',
    graceMs: 10_000,
    ...identity,
  });
  const url = (name: string): string => `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
  try {
    await ensureDatabase(url('postgres'), database, server.exited);
  } catch (error) {
    await server.stop();
    throw new Error(`PostgreSQL did not start: ${(error as Error).message}; see ${logFile}`);
  }
  return { url: url(database), port, pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

/** npm unpacks some files without their execute bits. */
function executable(file: string): string {
  if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  return file;
}

/** Without the variables that PostgreSQL's programs would heed, such as PGDATA. */
function environment(): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))), LC_ALL: 'C', TZ: 'UTC' };
}
