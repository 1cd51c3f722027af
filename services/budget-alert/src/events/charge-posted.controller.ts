import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type ChargePosted } from '@tollgate/contracts';
import { OutboxRelay } from '@tollgate/platform/database';
import type { RecordBatch } from '@tollgate/platform/kafka';
import { ApplyCharges } from '../apply-charges/apply-charges';
import { WebhookSender } from '../send-webhooks/webhook-sender';

@Controller()
export class ChargePostedController {
  constructor(
    private readonly charges: ApplyCharges,
    private readonly relay: OutboxRelay,
    private readonly sender: WebhookSender,
  ) {}

  @EventPattern(topics.chargePosted.name)
  async handle(@Payload() batch: RecordBatch<ChargePosted>): Promise<void> {
    const raised = await this.charges.apply(batch.records.map(({ value }) => value));
    if (raised.alerts > 0) this.relay.nudge();
    if (raised.deliveries > 0) this.sender.nudge();
  }
}
