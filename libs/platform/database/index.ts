export { createDataSource, type DataSourceSettings } from './create-data-source';
export { TenantDatabase, NO_ORGANIZATION } from './tenant-database';
export { ConsumerDatabase, type ConsumerDatabaseSettings } from './consumer-database';
export { isTransient } from './is-transient';
export { sqlState, violatedConstraint } from './sql-state';
export { runMigrations, type MigrationSettings } from './run-migrations';
export { writeOutbox, type OutboxRecord } from './outbox';
export { OutboxRelay, type OutboxPublisher, type OutboxRelaySettings } from './outbox-relay';
export { type Sql } from './sql';
