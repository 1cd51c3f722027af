import type { Sql } from '@tollgate/platform/database';

/** PostgreSQL's channels between the processes of this service. A notification leaves with its transaction's commit. */
export const DELIVERIES_CHANNEL = 'budget_alert_deliveries';
/** Payload: JSON {budgetId, holders}; idle parts of the budget's grants are asked back. */
export const RECALLS_CHANNEL = 'budget_alert_recalls';
/** Payload: budget ids, separated by spaces, of which something came back or was answered. */
export const RETURNS_CHANNEL = 'budget_alert_returns';

export async function notify(tx: Sql, channel: string, payload: string): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [channel, payload]);
}
