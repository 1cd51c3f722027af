import { Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { ConsumerDatabase, TenantDatabase, createDataSource } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { Readiness } from '@tollgate/platform/http';
import { EventProducer, KafkaConnection, createKafka } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import type { AggregationConfig } from './aggregation-config';
import { RecentPruner } from './apply-charges/recent-pruner';
import { BooksController } from './check-books/books.controller';
import { ChargePostedHandler } from './events/charge-posted.handler';
import { UsageParkedHandler } from './events/usage-parked.handler';
import { OrganizationDirectory } from './organization-directory';
import { SpendController } from './read-spend/spend.controller';
import { SpendReader } from './read-spend/spend-reader';

/** Rollups of charges, and what was spent. */
@Module({})
export class AppModule implements OnModuleDestroy {
  constructor(
    private readonly tenants: TenantDatabase,
    private readonly consumers: ConsumerDatabase,
    private readonly producer: EventProducer,
    private readonly directory: DirectoryReader,
    readiness: Readiness,
  ) {
    readiness.add('database', () => tenants.isReady());
    readiness.add('directory', () => directory.ready);
  }

  static with(config: AggregationConfig): DynamicModule {
    const dataSource = () =>
      createDataSource({ url: config.TOLLGATE_DB_URL, schema: 'aggregation', entities: [], applicationName: 'aggregation' });
    const consumers = () =>
      new ConsumerDatabase({ url: config.TOLLGATE_CONSUMER_DB_URL, schema: 'aggregation', applicationName: 'aggregation-consumer' });
    return {
      module: AppModule,
      controllers: [SpendController, BooksController, ChargePostedHandler, UsageParkedHandler],
      providers: [
        SpendReader,
        RecentPruner,
        { provide: TenantDatabase, useFactory: () => new TenantDatabase(dataSource()) },
        { provide: ConsumerDatabase, useFactory: consumers },
        {
          provide: KafkaConnection,
          useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'aggregation', logger: createLogger('kafka') }),
        },
        {
          provide: EventProducer,
          inject: [KafkaConnection],
          useFactory: (connection: KafkaConnection) => new EventProducer({ connection }),
        },
        { provide: DirectoryReader, inject: [KafkaConnection], useFactory: startDirectory },
        {
          provide: OrganizationDirectory,
          inject: [DirectoryReader],
          useFactory: (reader: DirectoryReader) => new OrganizationDirectory(reader),
        },
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.directory.close();
  }

  /** After the consumers have drained: they need the database and, for dead letters, the producer. */
  async onApplicationShutdown(): Promise<void> {
    await this.producer.close();
    await Promise.all([this.tenants.close(), this.consumers.close()]);
  }
}

/** Reads in the background: the process serves what needs no directory, and says by /readyz that it is not ready. */
function startDirectory(connection: KafkaConnection): DirectoryReader {
  const reader = new DirectoryReader({ connection, topics: [topics.organizations] });
  reader.start().catch((error: unknown) => createLogger('aggregation').error({ err: error }, 'the directory cannot be read'));
  return reader;
}
