import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type UsageParked } from '@tollgate/contracts';
import { OutboxRelay } from '@tollgate/platform/database';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { ParkUsage } from '../park-usage/park-usage';
import { WebhookSender } from '../send-webhooks/webhook-sender';

@Controller()
export class UsageParkedController {
  constructor(
    private readonly parked: ParkUsage,
    private readonly relay: OutboxRelay,
    private readonly sender: WebhookSender,
  ) {}

  @EventPattern(topics.usageParked.name)
  async handle(@Payload() batch: RecordBatch<UsageParked>): Promise<void> {
    const raised = await this.parked.note(batch.records.map(({ value }) => value));
    if (raised.alerts > 0) this.relay.nudge();
    if (raised.deliveries > 0) this.sender.nudge();
  }
}
