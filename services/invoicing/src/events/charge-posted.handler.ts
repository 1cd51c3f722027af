import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type ChargePosted } from '@tollgate/contracts';
import { ConsumerDatabase } from '@tollgate/platform/database';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { accrueCharges } from '../accrue-charges/accrue-charges';

/** Takes charges from Kafka into the accruals. */
@Controller()
export class ChargePostedHandler {
  constructor(private readonly database: ConsumerDatabase) {}

  @EventPattern(topics.chargePosted.name)
  async handle(@Payload() batch: RecordBatch<ChargePosted>): Promise<void> {
    await accrueCharges(
      this.database,
      batch.records.map((record) => record.value),
    );
  }
}
