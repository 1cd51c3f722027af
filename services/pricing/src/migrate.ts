import { commonVariables, loadConfig, SystemClock } from '@tollgate/platform/config';
import { ConsumerDatabase } from '@tollgate/platform/database';
import { createLogger } from '@tollgate/platform/observability';
import { z } from 'zod';
import { migrateSchema } from './db/migrate-schema';
import { readSeedData } from './seed-catalogue/read-data';
import { seedCatalogue } from './seed-catalogue/seed-catalogue';

const variables = z.object({
  DATABASE_URL: commonVariables.databaseUrl,
  TOLLGATE_DB_URL: commonVariables.databaseUrl,
  TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl,
});

/** Brings the schema and the catalogue up to date. Safe to run at every start. */
async function main(): Promise<void> {
  const config = loadConfig(variables);
  await migrateSchema(config.DATABASE_URL, config.TOLLGATE_DB_URL, config.TOLLGATE_CONSUMER_DB_URL);
  const owner = new ConsumerDatabase({ url: config.DATABASE_URL, schema: 'pricing', applicationName: 'pricing-seed', poolSize: 1 });
  try {
    createLogger('pricing').info(await seedCatalogue(owner, readSeedData(), new SystemClock()), 'the catalogue is up to date');
  } finally {
    await owner.close();
  }
}

main().catch((error: unknown) => {
  createLogger('pricing').fatal({ err: error }, 'the schema cannot be brought up to date');
  process.exitCode = 1;
});
