import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { Readiness } from '@tollgate/platform/http';
import { ensureTopics, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { pruneRecentTotals } from './apply-charges/upsert-recent-totals';
import { DELIVERIES_CHANNEL, RECALLS_CHANNEL, RETURNS_CHANNEL } from './db/channels';
import { Notifications } from './db/notifications';
import { ExpireGrants } from './lend-grants/expire-grants';
import { GrantDesk } from './lend-grants/grant-desk';
import { GrantsServer } from './lend-grants/grants-server';
import { RecallHub } from './lend-grants/recall-hub';
import { readRecall } from './lend-grants/recall-message';
import { WebhookSender } from './send-webhooks/webhook-sender';

const OWN_TOPICS = [topics.budgets, topics.alertRaised];
const EXPIRE_EVERY_MS = 15_000;
const PRUNE_EVERY_MS = 60_000;

/**
 * Starts and stops what runs beside REST and the consumer: the gRPC server, the sender, the outbox, the directory, and what is looked after now and then.
 * Nothing here waits for Kafka or PostgreSQL, which may come later than this process.
 */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = createLogger('budget-alert');
  readonly #stopping = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #startingRelay: Promise<void> | undefined;
  /** Where the gRPC server listens. */
  grantsPort = 0;

  constructor(
    private readonly kafka: KafkaConnection,
    private readonly producer: EventProducer,
    private readonly directory: DirectoryReader,
    private readonly tenants: TenantDatabase,
    private readonly consumers: ConsumerDatabase,
    private readonly notifications: Notifications,
    private readonly relay: OutboxRelay,
    private readonly sender: WebhookSender,
    private readonly grants: GrantsServer,
    private readonly desk: GrantDesk,
    private readonly hub: RecallHub,
    private readonly expiring: ExpireGrants,
    private readonly readiness: Readiness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.readiness.add('database', () => this.tenants.isReady());
    this.readiness.add('directory', () => this.directory.ready);
    this.notifications.on(DELIVERIES_CHANNEL, () => this.sender.nudge());
    this.notifications.on(RECALLS_CHANNEL, (payload) => this.hub.tell(readRecall(payload)));
    this.notifications.on(RETURNS_CHANNEL, (payload) => this.desk.returned(payload.split(' ')));
    this.notifications.start();
    this.sender.start();
    this.directory.start().catch((error: unknown) => this.#logger.error({ err: error }, 'the directory cannot be read'));
    this.#startingRelay = ensureTopics(this.kafka, OWN_TOPICS, this.#stopping.signal).then(() => {
      if (!this.#stopping.signal.aborted) this.relay.start();
    });
    this.#every(EXPIRE_EVERY_MS, 'grants could not be expired', () => this.expiring.expire());
    this.#every(PRUNE_EVERY_MS, 'recent totals could not be pruned', () => pruneRecentTotals(this.consumers, this.clock.now()));
    this.grantsPort = await this.grants.start();
    this.#logger.info({ port: this.grantsPort }, 'grants are served');
  }

  /** Before REST and the consumer end: holders turn to another process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.grants.close(), this.sender.close(), this.directory.close()]);
  }

  /** After the consumer has drained. */
  async onApplicationShutdown(): Promise<void> {
    await this.#startingRelay;
    await this.relay.close();
    await Promise.all([this.producer.close(), this.notifications.close()]);
    await Promise.all([this.tenants.close(), this.consumers.close(), this.kafka.close()]);
  }

  #every(ms: number, failure: string, work: () => Promise<unknown>): void {
    const timer = setInterval(
      () => void work().catch((error: unknown) => this.#logger.warn({ err: error }, `${failure}; trying again later`)),
      ms,
    );
    this.#timers.push(timer.unref());
  }
}
