import { join } from 'node:path';
import { runMigrations } from '@tollgate/platform/database';

/** Brings the schema `aggregation` up to date. The URLs are the owner's, the REST role's and the consumer role's. */
export function migrateAggregation(urls: { ownerUrl: string; restUrl: string; consumerUrl: string }): Promise<string[]> {
  return runMigrations({ service: 'aggregation', directory: join(__dirname, 'migrations'), ...urls });
}
