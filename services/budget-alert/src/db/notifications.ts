import { createLogger } from '@tollgate/platform/observability';
import { Client } from 'pg';

type Handler = (payload: string) => void;

const LONGEST_PAUSE_MS = 5_000;

/**
 * Hears what other processes of this service notify through PostgreSQL, on one connection that is opened again for ever. What was said while it was away
 * is lost: whoever listens also looks by itself now and then.
 */
export class Notifications {
  readonly #logger = createLogger('notifications');
  readonly #handlers = new Map<string, Handler>();
  readonly #url: string;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  /** `url` of the consumer role. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Registers the one handler of a channel; before `start`. */
  on(channel: string, handler: Handler): void {
    this.#handlers.set(channel, handler);
  }

  start(): void {
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'tollgate-budget-alert-listener',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    this.#client = client;
    let over = false;
    const again = (error?: Error) => {
      if (over) return;
      over = true;
      if (error) this.#logger.warn({ err: error }, 'the listener lost PostgreSQL');
      void client.end().catch(() => undefined);
      this.#reconnect();
    };
    client.on('error', again);
    client.on('end', () => again());
    client.on('notification', ({ channel, payload }) => this.#handle(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.#handlers.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.#failures = 0;
    } catch (error) {
      again(error as Error);
    }
  }

  #handle(channel: string, payload: string): void {
    try {
      this.#handlers.get(channel)?.(payload);
    } catch (error) {
      this.#logger.error({ err: error, channel }, 'a notification could not be handled');
    }
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#connect(), Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(this.#failures, 6)));
  }
}
