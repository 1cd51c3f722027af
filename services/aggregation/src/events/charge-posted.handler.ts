import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type ChargePosted } from '@tollgate/contracts';
import { ConsumerDatabase } from '@tollgate/platform/database';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { BatchCoalescer } from '../apply-charges/batch-coalescer';
import { ChargeApplier } from '../apply-charges/charge-applier';

/** Takes charges from Kafka into the rollups. */
@Controller()
export class ChargePostedHandler {
  readonly #batches: BatchCoalescer<ChargePosted>;

  constructor(database: ConsumerDatabase) {
    const applier = new ChargeApplier(database);
    this.#batches = new BatchCoalescer((charges) => applier.apply(charges));
  }

  @EventPattern(topics.chargePosted.name)
  handle(@Payload() batch: RecordBatch<ChargePosted>): Promise<void> {
    return this.#batches.submit(batch.records.map((record) => record.value));
  }
}
