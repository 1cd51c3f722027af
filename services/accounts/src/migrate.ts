import { join } from 'node:path';
import { commonVariables, loadConfig } from '@tollgate/platform/config';
import { runMigrations } from '@tollgate/platform/database';
import { createLogger } from '@tollgate/platform/observability';
import { z } from 'zod';

const logger = createLogger('accounts');

const variables = z.object({
  DATABASE_URL: commonVariables.databaseUrl,
  TOLLGATE_DB_URL: commonVariables.databaseUrl,
  TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl,
});

async function main(): Promise<void> {
  const config = loadConfig(variables);
  const applied = await runMigrations({
    service: 'accounts',
    directory: join(__dirname, 'db/migrations'),
    ownerUrl: config.DATABASE_URL,
    restUrl: config.TOLLGATE_DB_URL,
    consumerUrl: config.TOLLGATE_CONSUMER_DB_URL,
    outbox: true,
    idempotency: true,
  });
  logger.info({ applied }, 'the schema is up to date');
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, 'the schema cannot be brought up to date');
  process.exit(1);
});
