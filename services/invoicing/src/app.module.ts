import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, OutboxRelay, TenantDatabase, createDataSource } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { Readiness } from '@tollgate/platform/http';
import { EventProducer, KafkaConnection, createKafka, ensureTopics } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { RecentPruner } from './accrue-charges/recent-pruner';
import { BillingSettingsController } from './billing-settings/billing-settings.controller';
import { ChangeSettingsHandler } from './billing-settings/change-settings.handler';
import { SettingsStore } from './billing-settings/settings-store';
import { BooksController } from './check-books/books.controller';
import { AutoDrafter } from './draft-invoices/auto-drafter';
import { DraftInvoiceHandler } from './draft-invoices/draft-invoice.handler';
import { ChargePostedHandler } from './events/charge-posted.handler';
import { FinalizeInvoiceHandler } from './finalize-invoices/finalize-invoice.handler';
import { AskedMonthFinality, MonthFinality } from './finalize-invoices/month-finality';
import { OrganizationDirectory } from './http/organization-directory';
import type { InvoicingConfig } from './invoicing-config';
import { PdfRenderer } from './render-pdf/pdf-renderer';
import { InvoicesController } from './show-invoices/invoices.controller';

const SCHEMA = 'invoicing';

/** What was charged and not invoiced yet, and the invoices. */
@Module({})
export class AppModule implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly #closing = new AbortController();

  constructor(
    private readonly tenants: TenantDatabase,
    private readonly consumers: ConsumerDatabase,
    private readonly connection: KafkaConnection,
    private readonly producer: EventProducer,
    private readonly relay: OutboxRelay,
    private readonly directory: DirectoryReader,
    readiness: Readiness,
  ) {
    readiness.add('database', () => tenants.isReady());
    readiness.add('directory', () => directory.ready);
  }

  static with(config: InvoicingConfig): DynamicModule {
    return {
      module: AppModule,
      controllers: [InvoicesController, BillingSettingsController, BooksController, ChargePostedHandler],
      providers: [
        ...databases(config),
        ...kafka(config),
        ...[RecentPruner, ChangeSettingsHandler, DraftInvoiceHandler, AutoDrafter, FinalizeInvoiceHandler, PdfRenderer],
        { provide: SettingsStore, useFactory: () => new SettingsStore(config) },
        {
          provide: MonthFinality,
          inject: [KafkaConnection, CLOCK],
          useFactory: (connection: KafkaConnection, clock: Clock) => new AskedMonthFinality(config, connection, clock),
        },
      ],
    };
  }

  onModuleInit(): void {
    void ensureTopics(this.connection, [topics.invoiceFinalized], this.#closing.signal);
    this.relay.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.directory.close(), this.relay.close()]);
  }

  /** After the consumer has drained: it needs the database and, for dead letters, the producer. */
  async onApplicationShutdown(): Promise<void> {
    await this.producer.close();
    await Promise.all([this.tenants.close(), this.consumers.close()]);
  }
}

function databases(config: InvoicingConfig) {
  const dataSource = () => createDataSource({ url: config.TOLLGATE_DB_URL, schema: SCHEMA, entities: [], applicationName: 'invoicing' });
  return [
    { provide: TenantDatabase, useFactory: () => new TenantDatabase(dataSource()) },
    {
      provide: ConsumerDatabase,
      useFactory: () =>
        new ConsumerDatabase({ url: config.TOLLGATE_CONSUMER_DB_URL, schema: SCHEMA, applicationName: 'invoicing-consumer' }),
    },
  ];
}

function kafka(config: InvoicingConfig) {
  return [
    {
      provide: KafkaConnection,
      useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: SCHEMA, logger: createLogger('kafka') }),
    },
    { provide: EventProducer, inject: [KafkaConnection], useFactory: (connection: KafkaConnection) => new EventProducer({ connection }) },
    {
      provide: OutboxRelay,
      inject: [ConsumerDatabase, EventProducer],
      useFactory: (database: ConsumerDatabase, producer: EventProducer) =>
        new OutboxRelay({ database, publisher: { sendEncoded: (topic, records) => producer.sendEncoded(topic, records) } }),
    },
    { provide: DirectoryReader, inject: [KafkaConnection], useFactory: startDirectory },
    {
      provide: OrganizationDirectory,
      inject: [DirectoryReader],
      useFactory: (reader: DirectoryReader) => new OrganizationDirectory(reader),
    },
  ];
}

/** Reads in the background: the process serves what needs no directory, and says by /readyz that it is not ready. */
function startDirectory(connection: KafkaConnection): DirectoryReader {
  const reader = new DirectoryReader({ connection, topics: [topics.organizations] });
  reader.start().catch((error: unknown) => createLogger(SCHEMA).error({ err: error }, 'the directory cannot be read'));
  return reader;
}
