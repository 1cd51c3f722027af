import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@tollgate/platform/config';
import { ConsumerDatabase } from '@tollgate/platform/database';
import { Readiness, createHttpApp } from '@tollgate/platform/http';
import { BatchServer, EventProducer, KafkaConnection, connectBatchServer } from '@tollgate/platform/kafka';
import { AppModule } from './app.module';
import { deadLetterSink } from './events/dead-letter-sink';
import type { InvoicingConfig } from './invoicing-config';

/** Under load a poll waits for this much or this long: fewer, larger transactions for a fifth of a second of delay. */
const FETCH_MIN_BYTES = 256 * 1024;
const FETCH_MAX_WAIT_MS = 200;
/** Charges of all partitions add to the same few rows, so that transactions side by side would only wait for each other's locks. */
const PARTITIONS_AT_ONCE = 1;

/** Starts the service: REST listens and the consumer joins its group as soon as Kafka is there. */
export function startInvoicing(
  config: InvoicingConfig,
  options: { clock?: Clock; handleSignals?: boolean } = {},
): Promise<NestFastifyApplication> {
  return createHttpApp(AppModule.with(config), {
    service: 'invoicing',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
    ...options,
    configure(app) {
      const server = new BatchServer({
        connection: app.get(KafkaConnection),
        group: 'invoicing',
        producer: app.get(EventProducer),
        deadLetterSink: deadLetterSink(app.get(ConsumerDatabase)),
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        fetchMinBytes: FETCH_MIN_BYTES,
        fetchMaxWaitMs: FETCH_MAX_WAIT_MS,
      });
      app.get(Readiness).add('kafka', () => server.ready);
      connectBatchServer(app, server);
    },
  });
}
