import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase, type Sql } from '@tollgate/platform/database';
import { notFound, Problem, type Page } from '@tollgate/platform/http';
import { v7 as uuidv7 } from 'uuid';
import { DELIVERIES_CHANNEL, notify } from '../db/channels';
import { sqlOf } from '../db/sql-of-manager';
import { idOfCursor, pageById } from '../http/pages';
import { findWebhook, lockWebhook } from './webhook-rows';
import type { DeliveryView, WebhookView } from './webhook.schema';

interface DeliveryRow {
  id: string;
  endpoint_id: string;
  alert_id: string | null;
  event_type: string;
  state: DeliveryView['state'];
  body: string;
  tries: number;
  next_try_at: Date;
  created_at: Date;
  settled_at: Date | null;
}

interface AttemptRow {
  delivery_id: string;
  attempt: number;
  attempted_at: Date;
  duration_ms: number;
  status: number | null;
  error: string | null;
  excerpt: string | null;
}

const COLUMNS = 'id, endpoint_id, alert_id, event_type, state, body, tries, next_try_at, created_at, settled_at';

/** The log of an endpoint's deliveries, and sending one again by hand. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(organizationId: string, webhookId: string, query: { cursor?: string | undefined; limit: number }): Promise<Page<DeliveryView>> {
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      await findWebhook(tx, organizationId, webhookId);
      const { rows } = await tx.query<DeliveryRow>(
        `SELECT ${COLUMNS} FROM deliveries WHERE organization_id = $1 AND endpoint_id = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
        [organizationId, webhookId, idOfCursor(query.cursor), query.limit + 1],
      );
      return pageById(await withAttempts(tx, rows), query.limit);
    });
  }

  /** Begins a delivery's tries anew, whatever became of it; receivers know it by its id. */
  redeliver(organizationId: string, webhookId: string, id: string): Promise<DeliveryView> {
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      requireActive(await lockWebhook(tx, organizationId, webhookId));
      await tx.query(
        `UPDATE deliveries SET state = 'pending', tries = 0, next_try_at = $4, settled_at = NULL
         WHERE organization_id = $1 AND endpoint_id = $2 AND id = $3`,
        [organizationId, webhookId, id, new Date(this.clock.now())],
      );
      const view = await findDelivery(tx, organizationId, webhookId, id);
      await notify(tx, DELIVERIES_CHANNEL, '');
      return view;
    });
  }

  /** Sends one `webhook.test` that tells of nothing. */
  sendTest(organizationId: string, webhookId: string): Promise<DeliveryView> {
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      requireActive(await lockWebhook(tx, organizationId, webhookId));
      const now = new Date(this.clock.now());
      const id = uuidv7();
      const body = JSON.stringify({ type: 'webhook.test', timestamp: now.toISOString(), data: { webhookId } });
      await tx.query(
        `INSERT INTO deliveries (id, organization_id, endpoint_id, event_type, body, state, next_try_at, created_at)
         VALUES ($1, $2, $3, 'webhook.test', $4, 'pending', $5, $5)`,
        [id, organizationId, webhookId, body, now],
      );
      await notify(tx, DELIVERIES_CHANNEL, '');
      return findDelivery(tx, organizationId, webhookId, id);
    });
  }
}

async function findDelivery(tx: Sql, organizationId: string, webhookId: string, id: string): Promise<DeliveryView> {
  const { rows } = await tx.query<DeliveryRow>(
    `SELECT ${COLUMNS} FROM deliveries WHERE organization_id = $1 AND endpoint_id = $2 AND id = $3`,
    [organizationId, webhookId, id],
  );
  const [view] = await withAttempts(tx, rows);
  if (!view) throw notFound('delivery', id);
  return view;
}

async function withAttempts(tx: Sql, rows: readonly DeliveryRow[]): Promise<DeliveryView[]> {
  const attempts = await tx.query<AttemptRow>(
    `SELECT delivery_id, attempt, attempted_at, duration_ms, status, error, excerpt FROM delivery_attempts
     WHERE delivery_id = ANY($1::uuid[]) ORDER BY delivery_id, attempt`,
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({
    id: row.id,
    webhookId: row.endpoint_id,
    alertId: row.alert_id,
    eventType: row.event_type,
    state: row.state,
    body: row.body,
    tries: row.tries,
    nextTryAt: row.state === 'pending' ? row.next_try_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    attempts: attempts.rows
      .filter(({ delivery_id }) => delivery_id === row.id)
      .map(({ attempt, attempted_at, duration_ms, status, error, excerpt }) => ({
        attempt,
        attemptedAt: attempted_at.toISOString(),
        durationMs: duration_ms,
        status,
        error,
        excerpt,
      })),
  }));
}

function requireActive({ status, disabledReason }: WebhookView): void {
  if (status === 'active') return;
  throw new Problem({
    status: 409,
    code: 'webhook_disabled',
    title: 'The webhook is disabled',
    detail: `Nothing is sent to it: ${disabledReason ?? 'it was disabled'}.`,
    fix: 'Enable it with PATCH {"status": "active"}.',
  });
}
