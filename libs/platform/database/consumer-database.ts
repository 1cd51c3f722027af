import { Pool, type PoolClient } from 'pg';
import { createLogger } from '@tollgate/platform/observability';
import { sessionOptions } from './session-options';
import type { Sql } from './sql';
import { valueTypes } from './value-types';

/** How a service's consumer role reaches its schema. */
export interface ConsumerDatabaseSettings {
  /** TOLLGATE_CONSUMER_DB_URL: the role whose explicit policies let it see every organisation. */
  readonly url: string;
  /** The service's schema, such as `budget_alert`. */
  readonly schema: string;
  /** How the sessions call themselves in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections that the process opens; 4 by default. */
  readonly poolSize?: number;
  /** Longest statement, in milliseconds; 60,000 by default. */
  readonly statementTimeoutMs?: number;
}

/** Plain pooled access for consumers, which work on whole batches across organisations. Connects when first needed; broken connections are replaced. */
export class ConsumerDatabase implements Sql {
  readonly #pool: Pool;

  constructor(settings: ConsumerDatabaseSettings) {
    const logger = createLogger('database');
    this.#pool = new Pool({
      connectionString: settings.url,
      max: settings.poolSize ?? 4,
      application_name: settings.applicationName,
      options: sessionOptions(settings.schema, settings.statementTimeoutMs ?? 60_000),
      types: valueTypes,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    });
    const onError = (error: Error) => logger.warn({ err: error }, 'a database connection broke');
    // A connection may break while nobody waits for it: idle in the pool, or lent out between two statements. Neither may end the process.
    this.#pool.on('error', onError);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** One statement in a transaction of its own. */
  async query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }> {
    return toResult<R>(await this.#pool.query(text, values as unknown[] | undefined));
  }

  /**
   * Runs the work in one transaction: commits when it resolves, rolls back when it throws.
   * @param isolation `repeatable read` gives every statement the same snapshot.
   * @throws whatever the work throws. A connection that failed to roll back is discarded.
   */
  async transaction<T>(work: (tx: Sql) => Promise<T>, isolation: 'read committed' | 'repeatable read' = 'read committed'): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(isolation === 'read committed' ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ');
      const result = await work(sqlOf(client));
      const { command } = await client.query('COMMIT');
      // PostgreSQL answers COMMIT of an aborted transaction with ROLLBACK and without an error: work that swallowed one must not count as done.
      if (command !== 'COMMIT') throw new Error('the transaction was aborted by an error that its work swallowed');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Whether PostgreSQL answers now; for readiness. Never throws. */
  async isReady(): Promise<boolean> {
    return this.#pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** Closes every connection once its work is done. */
  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }
}

function sqlOf(client: PoolClient): Sql {
  return {
    query: async <R>(text: string, values?: readonly unknown[]) => toResult<R>(await client.query(text, values as unknown[] | undefined)),
  };
}

function toResult<R>(result: { rows: unknown[]; rowCount: number | null }): { rows: R[]; rowCount: number } {
  return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 };
}
