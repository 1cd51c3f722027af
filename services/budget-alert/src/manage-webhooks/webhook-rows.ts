import type { Sql } from '@tollgate/platform/database';
import { notFound } from '@tollgate/platform/http';
import type { WebhookView } from './webhook.schema';

interface WebhookRow {
  id: string;
  url: string;
  events: WebhookView['events'];
  status: 'active' | 'disabled';
  disabled_reason: string | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'id, url, events, status, disabled_reason, created_at, updated_at';

/** Newest first, after the cursor. */
export async function listWebhooks(tx: Sql, organizationId: string, after: string | null, limit: number): Promise<WebhookView[]> {
  const { rows } = await tx.query<WebhookRow>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [organizationId, after, limit],
  );
  return rows.map(viewOf);
}

/** Locks it until the transaction ends. Throws a Problem 404 for one that is not there, or not the organisation's. */
export async function lockWebhook(tx: Sql, organizationId: string, id: string): Promise<WebhookView> {
  const { rows } = await tx.query<WebhookRow>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    [organizationId, id],
  );
  if (!rows[0]) throw notFound('webhook', id);
  return viewOf(rows[0]);
}

/** Throws a Problem 404 for one that is not there, or not the organisation's. */
export async function findWebhook(tx: Sql, organizationId: string, id: string): Promise<WebhookView> {
  const { rows } = await tx.query<WebhookRow>(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
  ]);
  if (!rows[0]) throw notFound('webhook', id);
  return viewOf(rows[0]);
}

function viewOf(row: WebhookRow): WebhookView {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    status: row.status,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
