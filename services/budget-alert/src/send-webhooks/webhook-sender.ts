import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase } from '@tollgate/platform/database';
import { createLogger, meter } from '@tollgate/platform/observability';
import type { Dispatcher } from 'undici';
import { claimDue, nextDueAt, type DueDelivery } from './due-deliveries';
import { postWebhook } from './post-webhook';
import { outcomeOf, settleTry } from './settle-try';
import type { WebhookSecrets } from './webhook-secrets';

/** Tries under way in this process, and to one endpoint of it. */
const MAX_IN_FLIGHT = 32;
const MAX_PER_ENDPOINT = 4;
/** Few at a time, so that a burst for one slow endpoint does not take every place. */
const MAX_CLAIM = 8;
/** Longer than a try can take. */
const CLAIM_MS = 30_000;
/** How often to look when nobody nudges: a notification may be lost with its connection. */
const LOOK_EVERY_MS = 1_000;
const DRAIN_MS = 4_000;

export interface WebhookSenderOptions {
  readonly database: ConsumerDatabase;
  readonly secrets: WebhookSecrets;
  /** Refuses addresses inside the network at connection. */
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Sends what is due, soonest first, a bounded number at a time; at least once each. Any number of processes share the work through the claims. Nudged at
 * a commit, the first try leaves at once.
 */
export class WebhookSender {
  readonly #logger = createLogger('webhooks');
  readonly #tries = meter('budget-alert').createCounter('tollgate_webhook_tries', { description: 'Tries to deliver a webhook by outcome' });
  readonly #inFlight = new Set<Promise<void>>();
  readonly #perEndpoint = new Map<string, number>();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #nudged = false;
  #stopped = false;

  constructor(private readonly options: WebhookSenderOptions) {}

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Something may be due now. */
  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  /** Claims nothing more and waits a moment for the tries under way; one that is cut is tried again by another process. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
    await Promise.race([Promise.allSettled(this.#inFlight), late]);
    clearTimeout(timer);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      this.#nudged = false;
      let waitMs = LOOK_EVERY_MS;
      try {
        const free = Math.min(MAX_CLAIM, MAX_IN_FLIGHT - this.#inFlight.size);
        const claimed = free > 0 ? await this.#claim(free) : [];
        for (const delivery of claimed) this.#send(delivery);
        if (claimed.length > 0) continue;
        const next = await nextDueAt(this.options.database);
        if (next !== null && next > this.options.clock.now()) waitMs = Math.min(waitMs, next - this.options.clock.now());
      } catch (error) {
        this.#logger.warn({ err: error }, 'due deliveries could not be looked up; trying again');
      }
      await this.#pause(waitMs);
    }
  }

  #claim(limit: number): Promise<DueDelivery[]> {
    const busyEndpoints = [...this.#perEndpoint].filter(([, count]) => count >= MAX_PER_ENDPOINT).map(([id]) => id);
    return claimDue(this.options.database, { nowMs: this.options.clock.now(), claimMs: CLAIM_MS, busyEndpoints, limit });
  }

  #send(delivery: DueDelivery): void {
    this.#count(delivery.endpointId, 1);
    const sending = this.#try(delivery)
      .catch((error: unknown) => this.#logger.warn({ err: error, deliveryId: delivery.id }, 'a try could not be noted; it is made again'))
      .finally(() => {
        this.#inFlight.delete(sending);
        this.#count(delivery.endpointId, -1);
        this.nudge();
      });
    this.#inFlight.add(sending);
  }

  async #try(delivery: DueDelivery): Promise<void> {
    const { id, organizationId, endpointId, url, body, sealedSecret, previousSealedSecret } = delivery;
    const { database, secrets, dispatcher, clock, random } = this.options;
    const open = (sealed: string) => secrets.open(organizationId, endpointId, sealed);
    const signing = [sealedSecret, previousSealedSecret].filter((sealed) => sealed !== null).map(open);
    const result = await postWebhook(dispatcher, { id, url, body, secrets: signing, nowMs: clock.now() });
    const outcome = outcomeOf(result, delivery.tries + 1, clock.now(), random());
    this.#tries.add(1, { outcome: outcome.state === 'pending' ? 'retried' : outcome.state });
    await database.transaction((tx) => settleTry(tx, delivery, result, outcome, clock.now()));
  }

  #count(endpointId: string, change: 1 | -1): void {
    const count = (this.#perEndpoint.get(endpointId) ?? 0) + change;
    if (count === 0) this.#perEndpoint.delete(endpointId);
    else this.#perEndpoint.set(endpointId, count);
  }

  #pause(ms: number): Promise<void> {
    if (this.#nudged || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, ms));
      this.#wake = done;
    });
  }
}
