import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type UsageParked } from '@tollgate/contracts';
import { ConsumerDatabase } from '@tollgate/platform/database';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { noteParked } from '../count-parked/note-parked';

/** Notes which usage waits for a price. */
@Controller()
export class UsageParkedHandler {
  constructor(private readonly database: ConsumerDatabase) {}

  @EventPattern(topics.usageParked.name)
  handle(@Payload() batch: RecordBatch<UsageParked>): Promise<void> {
    return noteParked(
      this.database,
      batch.records.map((record) => record.value),
    );
  }
}
