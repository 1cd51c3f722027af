import { loadConfig } from '@tollgate/platform/config';
import { createLogger } from '@tollgate/platform/observability';
import { migrationVariables } from './budget-alert.config';
import { migrateBudgetAlert } from './db/migrate-budget-alert';

async function main(): Promise<void> {
  const config = loadConfig(migrationVariables);
  const urls = { ownerUrl: config.DATABASE_URL, restUrl: config.TOLLGATE_DB_URL, consumerUrl: config.TOLLGATE_CONSUMER_DB_URL };
  createLogger('budget-alert').info({ applied: await migrateBudgetAlert(urls) }, 'migrated');
}

main().catch((error: unknown) => {
  createLogger('budget-alert').fatal({ err: error }, 'migration failed');
  process.exitCode = 1;
});
