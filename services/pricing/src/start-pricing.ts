import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@tollgate/platform/config';
import { ConsumerDatabase } from '@tollgate/platform/database';
import { Readiness, createHttpApp } from '@tollgate/platform/http';
import { BatchServer, EventProducer, KafkaConnection, connectBatchServer } from '@tollgate/platform/kafka';
import { PricingModule } from './app.module';
import { deadLetterSink } from './events/dead-letter-sink';
import type { PricingConfig } from './pricing.config';

/** Starts the service: REST listens, and the consumer joins its group as soon as Kafka is there. */
export function startPricing(
  config: PricingConfig,
  options: { clock?: Clock; handleSignals?: boolean } = {},
): Promise<NestFastifyApplication> {
  return createHttpApp(PricingModule.with(config), {
    service: 'pricing',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
    ...options,
    configure(app) {
      const server = new BatchServer({
        connection: app.get(KafkaConnection),
        group: 'pricing',
        producer: app.get(EventProducer),
        deadLetterSink: deadLetterSink(app.get(ConsumerDatabase)),
        // While one partition's transaction commits, others are rated.
        partitionsConsumedConcurrently: 6,
      });
      app.get(Readiness).add('kafka', () => server.ready);
      connectBatchServer(app, server);
    },
  });
}
