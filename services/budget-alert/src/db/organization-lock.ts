import type { Sql } from '@tollgate/platform/database';

/**
 * Consumers count charges under a shared lock of each organisation; whoever creates or changes a budget holds it alone. So a consumer that doesn't see a
 * new budget has committed its meters before the budget is counted from them, and one that comes later sees the budget: nothing is missed or doubled.
 */
const NAMESPACE = 'budget_alert:';

/** Shared, in one order. Read the budgets after this, never before. */
export async function shareOrganizations(tx: Sql, organizationIds: Iterable<string>): Promise<void> {
  const sorted = [...new Set(organizationIds)].sort().map((id) => NAMESPACE + id);
  await tx.query('SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name', [sorted]);
}

/** Alone, until the transaction ends. */
export async function claimOrganization(tx: Sql, organizationId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [NAMESPACE + organizationId]);
}
