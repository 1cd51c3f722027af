import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, createDataSource, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { createKafka, CutReader, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { ChargeParked } from './charge-parked/charge-parked';
import { CompletenessChecker } from './check-completeness/check-completeness';
import { CompletenessController } from './check-completeness/completeness.controller';
import { ConsumerBooks } from './check-completeness/consumer-books';
import { LedgerProgress } from './check-completeness/ledger-progress';
import { WriteOffProducer } from './check-completeness/write-off-producer';
import { UsageRecordedHandler } from './events/usage-recorded.handler';
import { Catalogue } from './hold-catalogue/catalogue';
import { CatalogueLoader } from './hold-catalogue/catalogue-loader';
import { OrganizationDirectory } from './http/organization-directory';
import { MonthsController } from './judge-month/months.controller';
import { BooksController } from './keep-books/books.controller';
import { ChargesController } from './list-charges/charges.controller';
import { ChargeFinder } from './list-charges/find-charges';
import { ModelFinder } from './list-models/find-models';
import { ModelsController } from './list-models/models.controller';
import { ParkedFinder } from './list-parked/find-parked';
import { ParkedController } from './list-parked/parked.controller';
import { FxRatesController } from './manage-fx-rates/fx-rates.controller';
import { FxRates } from './manage-fx-rates/fx-rates';
import { Markups } from './manage-markups/markups';
import { MarkupsController } from './manage-markups/markups.controller';
import { PriceFinder } from './manage-prices/find-prices';
import { PricePoster } from './manage-prices/post-price';
import { PricesController } from './manage-prices/prices.controller';
import { EventRater } from './post-charges/event-rater';
import { PostCharges } from './post-charges/post-charges.handler';
import type { PricingConfig } from './pricing.config';
import { PricingRunner } from './run-pricing';

const SCHEMA = 'pricing';

/** Catalogue, prices, rates, and the charge ledger. */
@Module({})
export class PricingModule {
  static with(config: PricingConfig): DynamicModule {
    return {
      module: PricingModule,
      controllers: [
        UsageRecordedHandler,
        // Before prices: its path lies below theirs.
        ...[MarkupsController, PricesController, ModelsController, FxRatesController],
        ...[ChargesController, ParkedController, CompletenessController, BooksController, MonthsController],
      ],
      providers: [
        ...connections(config),
        ...rating(),
        ...completeness(config),
        ...[ModelFinder, PriceFinder, PricePoster, Markups, FxRates, ChargeFinder, ParkedFinder],
        PricingRunner,
      ],
    };
  }
}

function connections(config: PricingConfig): Provider[] {
  const tenants = () => createDataSource({ url: config.TOLLGATE_DB_URL, schema: SCHEMA, entities: [], applicationName: 'pricing' });
  return [
    { provide: TenantDatabase, useFactory: () => new TenantDatabase(tenants()) },
    {
      provide: ConsumerDatabase,
      useFactory: () =>
        new ConsumerDatabase({ url: config.TOLLGATE_CONSUMER_DB_URL, schema: SCHEMA, applicationName: 'pricing-consumer', poolSize: 9 }),
    },
    {
      provide: KafkaConnection,
      useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'pricing', logger: createLogger('kafka') }),
    },
    { provide: EventProducer, useFactory: (connection: KafkaConnection) => new EventProducer({ connection }), inject: [KafkaConnection] },
    {
      provide: OutboxRelay,
      useFactory: (database: ConsumerDatabase, producer: EventProducer) =>
        new OutboxRelay({ database, publisher: { sendEncoded: (topic, records) => producer.sendEncoded(topic, records) } }),
      inject: [ConsumerDatabase, EventProducer],
    },
    {
      provide: DirectoryReader,
      useFactory: (connection: KafkaConnection) => new DirectoryReader({ connection, topics: [topics.organizations] }),
      inject: [KafkaConnection],
    },
    {
      provide: OrganizationDirectory,
      useFactory: (reader: DirectoryReader) => new OrganizationDirectory(reader),
      inject: [DirectoryReader],
    },
  ];
}

function rating(): Provider[] {
  return [
    {
      provide: CatalogueLoader,
      useFactory: (database: ConsumerDatabase) => new CatalogueLoader(database, new Catalogue()),
      inject: [ConsumerDatabase],
    },
    {
      provide: EventRater,
      useFactory: (loader: CatalogueLoader, organizations: OrganizationDirectory) => new EventRater(loader.catalogue, organizations),
      inject: [CatalogueLoader, OrganizationDirectory],
    },
    {
      provide: PostCharges,
      useFactory: (database: ConsumerDatabase, loader: CatalogueLoader, rater: EventRater, producer: EventProducer, clock: Clock) =>
        new PostCharges(database, loader, rater, producer, clock),
      inject: [ConsumerDatabase, CatalogueLoader, EventRater, EventProducer, CLOCK],
    },
    {
      provide: ChargeParked,
      useFactory: (
        database: ConsumerDatabase,
        loader: CatalogueLoader,
        rater: EventRater,
        organizations: OrganizationDirectory,
        clock: Clock,
      ) => new ChargeParked(database, loader, rater, organizations, clock),
      inject: [ConsumerDatabase, CatalogueLoader, EventRater, OrganizationDirectory, CLOCK],
    },
  ];
}

function completeness(config: PricingConfig): Provider[] {
  const urls = {
    aggregation: config.TOLLGATE_AGGREGATION_URL,
    'budget-alert': config.TOLLGATE_BUDGET_ALERT_URL,
    invoicing: config.TOLLGATE_INVOICING_URL,
  };
  return [
    {
      provide: CompletenessChecker,
      useFactory: (
        tenants: TenantDatabase,
        organizations: OrganizationDirectory,
        kafka: KafkaConnection,
        consumers: ConsumerDatabase,
        clock: Clock,
      ) =>
        new CompletenessChecker(
          tenants,
          organizations,
          new LedgerProgress(new CutReader(kafka), consumers),
          new ConsumerBooks(urls, config.TOLLGATE_INTERNAL_SECRET),
          clock,
        ),
      inject: [TenantDatabase, OrganizationDirectory, KafkaConnection, ConsumerDatabase, CLOCK],
    },
    WriteOffProducer,
  ];
}
