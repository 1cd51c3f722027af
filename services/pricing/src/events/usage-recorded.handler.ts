import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type UsageRecord } from '@tollgate/contracts';
import { DirectoryReader } from '@tollgate/platform/directory';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { PostCharges } from '../post-charges/post-charges.handler';

/** Takes usage records from Kafka into the ledger. */
@Controller()
export class UsageRecordedHandler {
  constructor(
    private readonly charges: PostCharges,
    private readonly directory: DirectoryReader,
  ) {}

  @EventPattern(topics.usageRecorded.name)
  async handle(@Payload() batch: RecordBatch<UsageRecord>): Promise<void> {
    // Before the organisations are known, every event would be parked.
    await this.directory.whenReady();
    await this.charges.handle(batch.records.map(({ value }) => value));
  }
}
