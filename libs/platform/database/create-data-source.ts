import type { DataSource, DataSourceOptions, EntitySchema } from 'typeorm';
import { createLogger } from '@tollgate/platform/observability';
import { sessionOptions } from './session-options';
import { valueTypes } from './value-types';

/** How a service's REST role reaches its schema. */
export interface DataSourceSettings {
  /** TOLLGATE_DB_URL: the REST role, which row-level security confines to one organisation a transaction. */
  readonly url: string;
  /** The service's schema, such as `budget_alert`. */
  readonly schema: string;
  /** Entity classes; each column names its type, nothing is synchronised. */
  readonly entities: readonly (Function | EntitySchema)[]; // eslint-disable-line @typescript-eslint/no-unsafe-function-type -- TypeORM's own type of a class
  /** Most connections that the process opens; 8 by default. */
  readonly poolSize?: number;
  /** How the sessions call themselves in pg_stat_activity. */
  readonly applicationName: string;
  /** Longest statement, in milliseconds; 15,000 by default. */
  readonly statementTimeoutMs?: number;
}

/**
 * A TypeORM DataSource that is not connected yet: `TenantDatabase` connects it when first needed and again after failures, so the process starts
 * while PostgreSQL is away. Connections that break while idle are logged and replaced, and never end the process.
 */
export function createDataSource(settings: DataSourceSettings): DataSource {
  // TypeORM costs 0.2 s to load: only processes with a database pay.
  const typeorm = require('typeorm') as typeof import('typeorm');
  const logger = createLogger('database');
  const options: DataSourceOptions = {
    type: 'postgres',
    url: settings.url,
    schema: settings.schema,
    entities: [...settings.entities],
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.poolSize ?? 8,
    applicationName: settings.applicationName,
    connectTimeoutMS: 5_000,
    poolErrorHandler: (error: unknown) => logger.warn({ err: error }, 'an idle database connection broke'),
    extra: {
      types: valueTypes,
      options: sessionOptions(settings.schema, settings.statementTimeoutMs ?? 15_000),
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    },
  };
  return new typeorm.DataSource(options);
}
