import { loadConfig } from '@tollgate/platform/config';
import { createLogger } from '@tollgate/platform/observability';
import { migrateSchema } from './db/migrate-schema';
import { migrationConfig } from './invoicing-config';

async function main(): Promise<void> {
  const config = loadConfig(migrationConfig);
  const applied = await migrateSchema(config.DATABASE_URL, config.TOLLGATE_DB_URL, config.TOLLGATE_CONSUMER_DB_URL);
  createLogger('invoicing').info({ applied }, 'migrations applied');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
