import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The organisation of rows that belong to none, such as an operator's idempotency keys. */
export const NO_ORGANIZATION = '00000000-0000-0000-0000-000000000000';

/** The transaction that code runs within. */
interface Ambient {
  readonly manager: EntityManager;
  readonly organizationId: string;
  /** Of the outermost transaction. */
  readonly afterCommit: (() => void)[];
}

/**
 * The only way for REST code to the database (invariant 12): a piece of work is one transaction that begins by naming its organisation, and forced
 * row-level security hides everybody else's rows from it. Connects when first needed.
 */
export class TenantDatabase {
  readonly #dataSource: DataSource;
  readonly #ambient = new AsyncLocalStorage<Ambient>();
  #connecting: Promise<unknown> | undefined;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Runs the work in a transaction of the organisation; commits when it resolves, rolls back when it throws. Inside another `run` of the same request
   * it joins that transaction behind a savepoint, so that an idempotency key and the effect that it guards commit together; another organisation's
   * work there sees that organisation's rows alone.
   * @throws whatever the work throws; a transient error (see `isTransient`) when PostgreSQL is away.
   */
  async run<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!UUID.test(organizationId)) throw new Error('TenantDatabase.run needs the id of an organisation');
    const outer = this.#ambient.getStore();
    if (outer) return this.#runWithin(outer, organizationId, work);
    await this.#connected();
    const afterCommit: (() => void)[] = [];
    const transaction = this.#dataSource.transaction(async (manager) => {
      const result = await this.#asOrganization({ manager, organizationId, afterCommit }, work);
      // COMMIT of an aborted transaction rolls back without an error: work that swallowed one fails here instead of seeming done.
      await manager.query('SELECT 1');
      return result;
    });
    const result = await transaction.catch(namingLostConnections);
    for (const callback of afterCommit) callback();
    return result;
  }

  /**
   * Calls back once the transaction that this code runs within has committed, and never if it rolls back; at once when it runs within none. For what
   * must not happen early, such as nudging the relay of the outbox.
   */
  afterCommit(callback: () => void): void {
    const ambient = this.#ambient.getStore();
    if (ambient) ambient.afterCommit.push(callback);
    else callback();
  }

  /** Whether PostgreSQL answers now; for readiness. Never throws. */
  async isReady(): Promise<boolean> {
    try {
      await this.#connected();
      await this.#dataSource.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await this.#connecting?.catch(() => undefined);
    if (this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  async #runWithin<T>(outer: Ambient, organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const result = await outer.manager.transaction((manager) => this.#asOrganization({ manager, organizationId, afterCommit }, work));
    outer.afterCommit.push(...afterCommit);
    // A rolled-back savepoint restores the setting by itself; a released one does not.
    if (organizationId !== outer.organizationId) await nameOrganization(outer.manager, outer.organizationId);
    return result;
  }

  async #asOrganization<T>(ambient: Ambient, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    await nameOrganization(ambient.manager, ambient.organizationId);
    return this.#ambient.run(ambient, () => work(ambient.manager));
  }

  async #connected(): Promise<void> {
    if (this.#dataSource.isInitialized) return;
    this.#connecting ??= this.#dataSource.initialize().finally(() => (this.#connecting = undefined));
    await this.#connecting;
  }
}

async function nameOrganization(manager: EntityManager, organizationId: string): Promise<void> {
  await manager.query("SELECT set_config('tollgate.org', $1, true)", [organizationId]);
}

/** TypeORM takes the connection away from a transaction when it breaks between two statements; that is a loss, not a misuse. */
function namingLostConnections(error: Error): never {
  if (!/^QueryRunner(Provider)?AlreadyReleasedError$/.test(error.name)) throw error;
  throw new Error('Connection terminated unexpectedly', { cause: error });
}
