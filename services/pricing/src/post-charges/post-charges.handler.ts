import { topics, type ChargePosted, type UsageParked, type UsageRecord } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase } from '@tollgate/platform/database';
import type { EventProducer } from '@tollgate/platform/kafka';
import type { CatalogueLoader } from '../hold-catalogue/catalogue-loader';
import { bookUsage } from './book-usage';
import type { EventRater, Statement } from './event-rater';
import { readUsageBatch, type UsageEvent } from './usage-event';

/** Turns usage records into charges: rates, books in one transaction, publishes. */
export class PostCharges {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly loader: CatalogueLoader,
    private readonly rater: EventRater,
    private readonly producer: Pick<EventProducer, 'send'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves once everything that these records lead to is in the books and published: then their offsets may be committed. A crash before that repeats the
   * batch, which finds its events known and publishes what the books say.
   */
  async handle(records: readonly UsageRecord[]): Promise<void> {
    const batch = readUsageBatch(records);
    await this.loader.refresh();
    const change = this.loader.catalogue.change;
    const now = this.clock.now();
    const statements = new Map<UsageEvent, Statement>();
    for (const event of batch.events) {
      if (event.usage.correctsEventId === '') statements.set(event, this.rater.rate(event.usage, event.occurredAt, now));
    }
    const booked = await this.database.transaction((tx) => bookUsage(tx, this.rater, { batch, statements, change, now }));
    await Promise.all([this.#publishCharges(booked.charges), this.#publishParked(booked.parked)]);
  }

  async #publishCharges(charges: readonly ChargePosted[]): Promise<void> {
    if (charges.length > 0)
      await this.producer.send(
        topics.chargePosted,
        charges.map((value) => ({ key: value.eventId, value })),
      );
  }

  async #publishParked(parked: readonly UsageParked[]): Promise<void> {
    if (parked.length > 0)
      await this.producer.send(
        topics.usageParked,
        parked.map((value) => ({ key: value.usage!.eventId, value })),
      );
  }
}
