import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, createDataSource, OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import { DirectoryReader } from '@tollgate/platform/directory';
import { AddressGuard } from '@tollgate/platform/http';
import { createKafka, EventProducer, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import { ApplyCharges } from './apply-charges/apply-charges';
import { BackgroundWork } from './background-work';
import type { BudgetAlertConfig } from './budget-alert.config';
import { Notifications } from './db/notifications';
import { KnownThings } from './directory/known-things';
import { ChargePostedController } from './events/charge-posted.controller';
import { UsageParkedController } from './events/usage-parked.controller';
import { ExpireGrants } from './lend-grants/expire-grants';
import { GrantDesk } from './lend-grants/grant-desk';
import { GrantsServer } from './lend-grants/grants-server';
import { RecallHub } from './lend-grants/recall-hub';
import { RenewGrants } from './lend-grants/renew-grants';
import { AlertsController } from './list-alerts/alerts.controller';
import { BudgetsController } from './manage-budgets/budgets.controller';
import { ChangeWebhooks } from './manage-webhooks/change-webhooks';
import { Deliveries } from './manage-webhooks/deliveries';
import { WebhooksController } from './manage-webhooks/webhooks.controller';
import { ParkUsage } from './park-usage/park-usage';
import { WebhookSecrets } from './send-webhooks/webhook-secrets';
import { WebhookSender } from './send-webhooks/webhook-sender';
import { BooksController } from './show-books/books.controller';

const SCHEMA = 'budget_alert';
const NAME = 'tollgate-budget-alert';
/** Three batches of the consumer, a pass of the grant desk, renewals, the sender and the outbox at once. */
const CONSUMER_POOL = 12;

/** Budgets, grants, alerts and webhooks. */
@Module({})
export class BudgetAlertModule {
  static with(config: BudgetAlertConfig): DynamicModule {
    return {
      module: BudgetAlertModule,
      controllers: [
        BudgetsController,
        AlertsController,
        WebhooksController,
        BooksController,
        ChargePostedController,
        UsageParkedController,
      ],
      providers: [...connections(config), ...counting(), ...lending(config), ...webhooks(config), BackgroundWork],
    };
  }
}

function connections(config: BudgetAlertConfig): Provider[] {
  const rest = { url: config.TOLLGATE_DB_URL, schema: SCHEMA, entities: [], applicationName: NAME };
  const consumer = { url: config.TOLLGATE_CONSUMER_DB_URL, schema: SCHEMA, poolSize: CONSUMER_POOL, applicationName: `${NAME}-consumer` };
  const logger = createLogger('kafka');
  return [
    { provide: TenantDatabase, useFactory: () => new TenantDatabase(createDataSource(rest)) },
    { provide: ConsumerDatabase, useFactory: () => new ConsumerDatabase(consumer) },
    { provide: Notifications, useFactory: () => new Notifications(config.TOLLGATE_CONSUMER_DB_URL) },
    { provide: KafkaConnection, useFactory: () => createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'budget-alert', logger }) },
    { provide: EventProducer, inject: [KafkaConnection], useFactory: (connection: KafkaConnection) => new EventProducer({ connection }) },
    {
      provide: OutboxRelay,
      inject: [ConsumerDatabase, EventProducer],
      useFactory: (database: ConsumerDatabase, producer: EventProducer) => new OutboxRelay({ database, publisher: producer }),
    },
    {
      provide: DirectoryReader,
      inject: [KafkaConnection],
      useFactory: (connection: KafkaConnection) =>
        new DirectoryReader({ connection, topics: [topics.organizations, topics.projects, topics.models] }),
    },
    { provide: KnownThings, inject: [DirectoryReader], useFactory: (directory: DirectoryReader) => new KnownThings(directory) },
  ];
}

function counting(): Provider[] {
  const inject = [ConsumerDatabase, CLOCK];
  return [
    { provide: ApplyCharges, inject, useFactory: (database: ConsumerDatabase, clock: Clock) => new ApplyCharges(database, clock) },
    { provide: ParkUsage, inject, useFactory: (database: ConsumerDatabase, clock: Clock) => new ParkUsage(database, clock) },
  ];
}

function lending(config: BudgetAlertConfig): Provider[] {
  const inject = [ConsumerDatabase, CLOCK];
  return [
    RecallHub,
    { provide: GrantDesk, inject, useFactory: (database: ConsumerDatabase, clock: Clock) => new GrantDesk(database, clock) },
    { provide: RenewGrants, inject, useFactory: (database: ConsumerDatabase, clock: Clock) => new RenewGrants(database, clock) },
    { provide: ExpireGrants, inject, useFactory: (database: ConsumerDatabase, clock: Clock) => new ExpireGrants(database, clock) },
    {
      provide: GrantsServer,
      inject: [GrantDesk, RenewGrants, RecallHub, CLOCK],
      useFactory: (desk: GrantDesk, renewing: RenewGrants, hub: RecallHub, clock: Clock) =>
        new GrantsServer(desk, renewing, hub, {
          host: config.TOLLGATE_HOST,
          port: config.TOLLGATE_GRANTS_PORT,
          secret: config.TOLLGATE_INTERNAL_SECRET,
          clock,
        }),
    },
  ];
}

function webhooks(config: BudgetAlertConfig): Provider[] {
  return [
    ChangeWebhooks,
    Deliveries,
    { provide: WebhookSecrets, useFactory: () => new WebhookSecrets(config.TOLLGATE_INTERNAL_SECRET) },
    { provide: AddressGuard, useFactory: () => new AddressGuard(config.TOLLGATE_ALLOWED_PRIVATE_ADDRESSES) },
    {
      provide: WebhookSender,
      inject: [ConsumerDatabase, WebhookSecrets, AddressGuard, CLOCK],
      useFactory: (database: ConsumerDatabase, secrets: WebhookSecrets, guard: AddressGuard, clock: Clock) =>
        new WebhookSender({ database, secrets, dispatcher: guard.dispatcher(), clock, random: Math.random }),
    },
  ];
}
