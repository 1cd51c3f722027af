import { type Admin, Kafka, type logCreator, logLevel } from 'kafkajs';
import { clientLogCreator, type KafkaLogger, silentLogger } from './client-logger';
import { finishedWithin } from './pauses';
import { repairRequestQueue } from './request-queue-repair';
import { TrackedSockets } from './tracked-sockets';

repairRequestQueue();

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const ADMIN_CLOSE_MS = 1_000;

/** Retries inside one client: about three seconds. Whoever uses the client starts over with a fresh one, for ever. */
export const CLIENT_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, factor: 0.2, multiplier: 2 } as const;

/** Which brokers, and under which name. */
export interface KafkaOptions {
  /** `host:port` of at least one broker. */
  brokers: readonly string[];
  /** Names the process in the broker's logs and quotas. */
  clientId: string;
  /** Silent by default. */
  logger?: KafkaLogger;
}

/** One client with its sockets. Consumers of one group in one process must not share a client: it keeps their offsets in one map. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /** Ends its sockets at once. */
  destroy(): void;
}

/** Where the brokers are. Opens nothing by itself: producers, consumers and admin calls connect when they need to and reconnect for ever. */
export class KafkaConnection {
  readonly clientId: string;
  readonly logger: KafkaLogger;
  readonly #brokers: string[];
  readonly #logCreator: logCreator;
  #admin: { client: KafkaClient; admin: Admin; connected: Promise<void> } | undefined;

  constructor(options: KafkaOptions) {
    if (options.brokers.length === 0) throw new Error('At least one Kafka broker is needed, as host:port');
    this.#brokers = [...options.brokers];
    this.clientId = options.clientId;
    this.logger = options.logger ?? silentLogger;
    this.#logCreator = clientLogCreator(this.logger);
  }

  openClient(): KafkaClient {
    const sockets = new TrackedSockets();
    const kafka = new Kafka({
      brokers: this.#brokers,
      clientId: this.clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: { ...CLIENT_RETRY, restartOnFailure: () => Promise.resolve(false) },
      socketFactory: sockets.factory,
      logLevel: logLevel.INFO,
      logCreator: this.#logCreator,
    });
    return { kafka, destroy: () => sockets.destroyAll() };
  }

  /**
   * Runs administrative requests on a shared connection. After a failure the connection is thrown away, since the client would go on
   * with its stale view of the cluster; the error is the caller's.
   */
  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const current = (this.#admin ??= this.#openAdmin());
    try {
      await current.connected;
      return await work(current.admin);
    } catch (error) {
      if (this.#admin === current) this.#admin = undefined;
      void this.#closeAdmin(current);
      throw error;
    }
  }

  /** Closes the shared administrative connection. Producers and consumers are closed by their owners. */
  async close(): Promise<void> {
    const current = this.#admin;
    this.#admin = undefined;
    if (current !== undefined) await this.#closeAdmin(current);
  }

  #openAdmin(): { client: KafkaClient; admin: Admin; connected: Promise<void> } {
    const client = this.openClient();
    const admin = client.kafka.admin();
    const connected = admin.connect();
    connected.catch(() => undefined);
    return { client, admin, connected };
  }

  async #closeAdmin(opened: { client: KafkaClient; admin: Admin }): Promise<void> {
    await finishedWithin(opened.admin.disconnect(), ADMIN_CLOSE_MS);
    opened.client.destroy();
  }
}

/** Names the brokers to work with. Connects lazily. */
export function createKafka(options: KafkaOptions): KafkaConnection {
  return new KafkaConnection(options);
}
