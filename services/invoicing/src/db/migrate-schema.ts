import { join } from 'node:path';
import { runMigrations } from '@tollgate/platform/database';

/** Applies the SQL files; `ownerUrl` is used for this alone. Returns the names of those that were missing. */
export async function migrateSchema(ownerUrl: string, restUrl: string, consumerUrl: string): Promise<string[]> {
  return runMigrations({
    service: 'invoicing',
    directory: join(__dirname, 'migrations'),
    ownerUrl,
    restUrl,
    consumerUrl,
    outbox: true,
    idempotency: true,
  });
}
