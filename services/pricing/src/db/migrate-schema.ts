import { join } from 'node:path';
import { runMigrations } from '@tollgate/platform/database';

/** Applies the SQL files; `ownerUrl` is used for this alone. */
export async function migrateSchema(ownerUrl: string, restUrl: string, consumerUrl: string): Promise<void> {
  await runMigrations({
    service: 'pricing',
    directory: join(__dirname, 'migrations'),
    ownerUrl,
    restUrl,
    consumerUrl,
    outbox: true,
    idempotency: true,
    monthPartitioned: ['charges'],
  });
}
