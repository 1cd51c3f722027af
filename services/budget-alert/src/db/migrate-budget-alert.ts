import { join } from 'node:path';
import { runMigrations } from '@tollgate/platform/database';

/** Brings the schema `budget_alert` up to date. The URLs are the owner's, the REST role's and the consumer role's. */
export function migrateBudgetAlert(urls: { ownerUrl: string; restUrl: string; consumerUrl: string }): Promise<string[]> {
  return runMigrations({ service: 'budget-alert', directory: join(__dirname, 'migrations'), outbox: true, idempotency: true, ...urls });
}
