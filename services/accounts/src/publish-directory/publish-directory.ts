import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { ConsumerDatabase, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { Readiness } from '@tollgate/platform/http';
import { ensureTopics, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';

const OWN_TOPICS = [topics.organizations, topics.projects, topics.keys, topics.connections];

/**
 * Creates the directory topics and publishes the outbox into them. Kafka may come later than this process, or go: what is written meanwhile waits in
 * the outbox, and keys are still authenticated.
 */
@Injectable()
export class DirectoryPublisher implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  #starting: Promise<void> | undefined;

  constructor(
    private readonly kafka: KafkaConnection,
    private readonly producer: EventProducer,
    private readonly relay: OutboxRelay,
    private readonly outbox: ConsumerDatabase,
    private readonly database: TenantDatabase,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('database', () => this.database.isReady());
    this.#starting = ensureTopics(this.kafka, OWN_TOPICS, this.#stopping.signal).then(() => {
      if (!this.#stopping.signal.aborted) this.relay.start();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#starting;
    await this.relay.close();
    await this.producer.close();
    await Promise.all([this.outbox.close(), this.database.close()]);
  }
}
