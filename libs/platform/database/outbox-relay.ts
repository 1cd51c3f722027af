import { createLogger } from '@tollgate/platform/observability';
import type { ConsumerDatabase } from './consumer-database';
import type { Sql } from './sql';

/** What publishes; `EventProducer` of the Kafka library fits. Resolves once the broker has acknowledged every record. */
export interface OutboxPublisher {
  sendEncoded(topicName: string, records: { key: string; value: Buffer | null }[]): Promise<void>;
}

/** Settings of an `OutboxRelay`. */
export interface OutboxRelaySettings {
  /** The consumer role's database; its schema holds the table `outbox`. */
  readonly database: ConsumerDatabase;
  readonly publisher: OutboxPublisher;
  /** How often to look without being nudged, in milliseconds; 500 by default. */
  readonly pollMs?: number;
}

interface OutboxRow {
  id: string;
  topic: string;
  key: string;
  value: Buffer | null;
}

const LOCK_ID = 7_401_967;
const BATCH_SIZE = 500;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Publishes the outbox in the order of ids and deletes what was acknowledged, at least once each. Of several processes one publishes at a time, held
 * by an advisory lock that dies with its transaction. A failure is retried for ever with growing pauses.
 */
export class OutboxRelay {
  readonly #logger = createLogger('outbox');
  readonly #settings: OutboxRelaySettings;
  #running: Promise<void> | undefined;
  #stopped = false;
  #nudged = false;
  #wake: (() => void) | undefined;

  constructor(settings: OutboxRelaySettings) {
    this.#settings = settings;
  }

  /** Begins to relay in the background. */
  start(): void {
    this.#running ??= this.#loop();
  }

  /** Looks at once; call it after a transaction that wrote to the outbox has committed. */
  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  /** Finishes the batch in hand and stops. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const pollMs = this.#settings.pollMs ?? 500;
    let failures = 0;
    while (!this.#stopped) {
      this.#nudged = false;
      let published = 0;
      try {
        published = await this.#relayBatch();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#logger.warn({ err: error, failures }, 'the outbox could not be published; it is kept and retried');
      }
      if (published === BATCH_SIZE && !this.#stopped) continue;
      await this.#pause(failures === 0 ? pollMs : Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures), failures === 0);
    }
  }

  async #relayBatch(): Promise<number> {
    return this.#settings.database.transaction(async (tx) => {
      const lock = await tx.query<{ held: boolean }>(
        'SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema() || current_database())) AS held',
        [LOCK_ID],
      );
      if (!lock.rows[0]?.held) return 0;
      const { rows } = await tx.query<OutboxRow>('SELECT id, topic, key, value FROM outbox ORDER BY id LIMIT $1', [BATCH_SIZE]);
      if (rows.length === 0) return 0;
      await this.#publish(rows);
      await this.#forget(tx, rows);
      return rows.length;
    });
  }

  async #publish(rows: readonly OutboxRow[]): Promise<void> {
    let from = 0;
    while (from < rows.length) {
      const topic = rows[from]?.topic ?? '';
      let to = from;
      while (rows[to]?.topic === topic) to += 1;
      await this.#settings.publisher.sendEncoded(
        topic,
        rows.slice(from, to).map(({ key, value }) => ({ key, value })),
      );
      from = to;
    }
  }

  async #forget(tx: Sql, rows: readonly OutboxRow[]): Promise<void> {
    await tx.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map((row) => row.id)]);
  }

  #pause(ms: number, wakeable: boolean): Promise<void> {
    if (this.#stopped || (wakeable && this.#nudged)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const relay = this; // eslint-disable-line @typescript-eslint/no-this-alias -- both ends of one pause
      function done() {
        clearTimeout(timer);
        relay.#wake = undefined;
        resolve();
      }
      this.#wake = () => (wakeable || this.#stopped ? done() : undefined);
    });
  }
}
