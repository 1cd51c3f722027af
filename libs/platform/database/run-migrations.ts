import { Client } from 'pg';
import { createLogger } from '@tollgate/platform/observability';
import { isTransient } from './is-transient';
import { readMigrationFiles, type MigrationFile } from './migration-files';
import { idempotencySql, monthPartitionsSql, outboxSql } from './platform-tables';
import { ensureRole, roleOfUrl } from './service-roles';

/** What a service's migrate.ts hands over. */
export interface MigrationSettings {
  /** The service's name, such as `budget-alert`; its schema is `budget_alert`. */
  readonly service: string;
  /** Folder of the NNNN_name.sql files. */
  readonly directory: string;
  /** DATABASE_URL: owner of schema and tables; used for migrations alone. */
  readonly ownerUrl: string;
  /** TOLLGATE_DB_URL; its user must be `tollgate_<service_>`. */
  readonly restUrl: string;
  /** TOLLGATE_CONSUMER_DB_URL; its user must be `tollgate_<service_>_consumer`. Services that consume nothing leave it out. */
  readonly consumerUrl?: string;
  /** Creates the table `outbox` for `writeOutbox` and `OutboxRelay`. */
  readonly outbox?: boolean;
  /** Creates the table `idempotency_keys` for `@Idempotent()`. */
  readonly idempotency?: boolean;
  /** Tables partitioned by month, whose partitions are kept 14 months back and 3 ahead at every run. */
  readonly monthPartitioned?: readonly string[];
  /** How long to wait for PostgreSQL to answer, in milliseconds; 60,000 by default. */
  readonly patienceMs?: number;
}

/** One migration at a time in the whole database, since roles are shared by everything in it. */
const LOCK_ID = 7_401_966;

/**
 * Brings a service's schema up to date: roles, schema, platform tables, then each SQL file that was not applied yet, each in one transaction, and the
 * monthly partitions. Safe to run twice and by two processes at once.
 * @returns the names of the files that were applied now.
 * @throws when a file fails (nothing of it stays), or when an applied file was edited.
 */
export async function runMigrations(settings: MigrationSettings): Promise<string[]> {
  const schema = settings.service.replaceAll('-', '_');
  if (!/^[a-z][a-z_]*$/.test(schema)) throw new Error(`"${settings.service}" is no name of a service`);
  const rest = roleOfUrl(settings.restUrl, `tollgate_${schema}`);
  const consumer = settings.consumerUrl === undefined ? undefined : roleOfUrl(settings.consumerUrl, `tollgate_${schema}_consumer`);
  const files = readMigrationFiles(settings.directory);
  const client = await connect(settings.ownerUrl, settings.patienceMs ?? 60_000);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_ID]);
    await ensureRole(client, rest);
    if (consumer) await ensureRole(client, consumer);
    const names = { schema, restRole: rest.name, consumerRole: consumer?.name };
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${[rest.name, ...(consumer ? [consumer.name] : [])].join(', ')}`);
    await client.query(`SET search_path = ${schema}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    await client.query(monthPartitionsSql(schema));
    if (settings.outbox) await client.query(outboxSql(names));
    if (settings.idempotency) await client.query(idempotencySql(names));
    const applied = await applyMissing(client, files);
    for (const table of settings.monthPartitioned ?? []) await client.query('SELECT keep_month_partitions($1)', [table]);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyMissing(client: Client, files: readonly MigrationFile[]): Promise<string[]> {
  const { rows } = await client.query<{ number: number; name: string; sha256: string }>('SELECT number, name, sha256 FROM migrations');
  const done = new Map(rows.map((row) => [row.number, row]));
  const applied: string[] = [];
  for (const file of files) {
    const earlier = done.get(file.number);
    if (earlier && earlier.sha256 !== file.sha256)
      throw new Error(`${file.name} was edited after it was applied; put the change into a new file`);
    if (earlier) continue;
    await apply(client, file);
    applied.push(file.name);
  }
  return applied;
}

async function apply(client: Client, file: MigrationFile): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(file.sql);
    await client.query('INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)', [file.number, file.name, file.sha256]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`${file.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

async function connect(url: string, patienceMs: number): Promise<Client> {
  const logger = createLogger('migrations');
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const client = new Client({ connectionString: url, application_name: 'tollgate-migrations', connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!isTransient(error) || Date.now() >= giveUpAt) throw error;
      logger.info({ err: error }, 'waiting for PostgreSQL');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
