import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@tollgate/platform/config';
import { ConsumerDatabase } from '@tollgate/platform/database';
import { createHttpApp, Readiness } from '@tollgate/platform/http';
import { BatchServer, connectBatchServer, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { BudgetAlertModule } from './app.module';
import type { BudgetAlertConfig } from './budget-alert.config';
import { keepDeadLetter } from './events/dead-letter-sink';

/** Starts the service: REST and gRPC listen, and the consumer joins its group as soon as Kafka is there. */
export function startBudgetAlert(
  config: BudgetAlertConfig,
  options: { clock?: Clock; handleSignals?: boolean } = {},
): Promise<NestFastifyApplication> {
  return createHttpApp(BudgetAlertModule.with(config), {
    service: 'budget-alert',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
    ...options,
    configure(app) {
      const database = app.get(ConsumerDatabase);
      const server = new BatchServer({
        connection: app.get(KafkaConnection),
        group: 'budget-alert',
        producer: app.get(EventProducer),
        deadLetterSink: (letter) => keepDeadLetter(database, letter),
      });
      app.get(Readiness).add('kafka', () => server.ready);
      connectBatchServer(app, server);
    },
  });
}
