import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { ConsumerDatabase, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { Readiness } from '@tollgate/platform/http';
import { ensureTopics, EventProducer, KafkaConnection, pause } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { ChargeParked } from './charge-parked/charge-parked';
import { pruneRecent } from './db/prune-recent';

const OWN_TOPICS = [topics.chargePosted, topics.usageParked, topics.models, topics.prices, topics.fx, topics.markups];
/** Parked usage is charged within about so long after its price was posted. */
const LOOK_FOR_PARKED_EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 300_000;

/** What the process does by itself: creates its topics, publishes its outbox, charges what was parked, forgets old sums. Kafka and PostgreSQL may come later. */
@Injectable()
export class PricingRunner implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = createLogger('pricing');
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>[] = [];

  constructor(
    private readonly kafka: KafkaConnection,
    private readonly producer: EventProducer,
    private readonly relay: OutboxRelay,
    private readonly consumers: ConsumerDatabase,
    private readonly tenants: TenantDatabase,
    private readonly directory: DirectoryReader,
    private readonly parked: ChargeParked,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('database', () => this.tenants.isReady());
    this.readiness.add('directory', () => this.directory.ready);
    this.directory.start().catch((error: unknown) => this.#logger.error({ err: error }, 'the directory cannot be read'));
    const signal = this.#stopping.signal;
    this.#work.push(
      ensureTopics(this.kafka, OWN_TOPICS, signal).then(() => {
        if (!signal.aborted) this.relay.start();
      }),
      this.#every(LOOK_FOR_PARKED_EVERY_MS, 'parked usage cannot be charged', async () => {
        if (!this.directory.ready) return;
        const charged = await this.parked.run();
        if (charged > 0) this.relay.nudge();
      }),
      this.#every(PRUNE_EVERY_MS, 'old sums cannot be forgotten', () => pruneRecent(this.consumers)),
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.directory.close();
  }

  /** After the consumer has drained: it needs the database and the producer. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.#work);
    await this.relay.close();
    await this.producer.close();
    await Promise.all([this.consumers.close(), this.tenants.close(), this.kafka.close()]);
  }

  /** Repeats for ever; a failure is logged and tried again next time. */
  async #every(ms: number, failure: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        this.#logger.warn({ err: error }, failure);
      }
      await pause(ms, signal);
    }
  }
}
