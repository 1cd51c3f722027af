import { loadConfig } from '@tollgate/platform/config';
import { createLogger } from '@tollgate/platform/observability';
import { migrationConfig } from './aggregation-config';
import { migrateAggregation } from './db/migrate-aggregation';

async function main(): Promise<void> {
  const config = loadConfig(migrationConfig);
  const urls = { ownerUrl: config.DATABASE_URL, restUrl: config.TOLLGATE_DB_URL, consumerUrl: config.TOLLGATE_CONSUMER_DB_URL };
  createLogger('aggregation').info({ applied: await migrateAggregation(urls) }, 'migrated');
}

main().catch((error: unknown) => {
  createLogger('aggregation').fatal({ err: error }, 'migration failed');
  process.exitCode = 1;
});
