import { topics, type AlertRaised } from '@tollgate/contracts';
import { writeOutbox, type Sql } from '@tollgate/platform/database';
import { v7 as uuidv7 } from 'uuid';
import { DELIVERIES_CHANNEL, notify } from '../db/channels';
import type { NewAlert } from './new-alert';

/** How many alerts were new, and how many deliveries they led to. */
export interface Raised {
  readonly alerts: number;
  readonly deliveries: number;
}

/**
 * Raises the alerts that have not fired yet: the alert, a delivery to each endpoint that asked for its type, and alert.raised, all in the transaction of
 * what caused them. The unique row in `fired` decides between processes.
 */
export async function raiseAlerts(tx: Sql, alerts: readonly NewAlert[]): Promise<Raised> {
  if (alerts.length === 0) return { alerts: 0, deliveries: 0 };
  const fresh = await fire(tx, alerts);
  if (fresh.length === 0) return { alerts: 0, deliveries: 0 };
  await insertAlerts(tx, fresh);
  await writeOutbox(
    tx,
    fresh.map((alert) => ({ topic: topics.alertRaised.name, key: alert.id, value: topics.alertRaised.encode(messageOf(alert)) })),
  );
  return { alerts: fresh.length, deliveries: await insertDeliveries(tx, fresh) };
}

/** In one order, so that transactions that fire the same marks wait for each other in it. */
async function fire(tx: Sql, alerts: readonly NewAlert[]): Promise<NewAlert[]> {
  const sorted = [...alerts].sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
  const { rows } = await tx.query<{ alert_id: string }>(
    `INSERT INTO fired (organization_id, subject, mark, alert_id) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
     ON CONFLICT (organization_id, subject, mark) DO NOTHING RETURNING alert_id`,
    [sorted.map((a) => a.organizationId), sorted.map((a) => a.subject), sorted.map((a) => a.mark), sorted.map((a) => a.id)],
  );
  const fresh = new Set(rows.map((row) => row.alert_id));
  return alerts.filter(({ id }) => fresh.has(id));
}

function orderOf({ organizationId, subject, mark }: NewAlert): string {
  return `${organizationId}\n${subject}\n${mark}`;
}

async function insertAlerts(tx: Sql, alerts: readonly NewAlert[]): Promise<void> {
  await tx.query(
    `INSERT INTO alerts (id, organization_id, type, budget_id, name, period_start, threshold, spent, amount, currency, data, raised_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::numeric[], $9::numeric[],
                          $10::text[], $11::jsonb[], $12::timestamptz[])`,
    [
      alerts.map((a) => a.id),
      alerts.map((a) => a.organizationId),
      alerts.map((a) => a.type),
      alerts.map((a) => a.budgetId),
      alerts.map((a) => a.name),
      alerts.map((a) => (a.periodStart === null ? null : new Date(a.periodStart))),
      alerts.map((a) => a.threshold),
      alerts.map((a) => a.spent),
      alerts.map((a) => a.amount),
      alerts.map((a) => a.currency),
      alerts.map((a) => JSON.stringify(a.data)),
      alerts.map((a) => new Date(a.raisedAt)),
    ],
  );
}

/** The lock keeps an endpoint from being deleted before its deliveries are there; no process waits for another's. */
async function insertDeliveries(tx: Sql, alerts: readonly NewAlert[]): Promise<number> {
  const { rows } = await tx.query<{ id: string; organization_id: string; events: string[] }>(
    `SELECT id, organization_id, events FROM webhook_endpoints WHERE organization_id = ANY($1::uuid[]) AND status = 'active' ORDER BY id FOR KEY SHARE`,
    [[...new Set(alerts.map((a) => a.organizationId))]],
  );
  const due = alerts.flatMap((alert) =>
    rows
      .filter((row) => row.organization_id === alert.organizationId && row.events.includes(alert.type))
      .map((row) => ({ id: uuidv7(), endpointId: row.id, alert })),
  );
  if (due.length === 0) return 0;
  await tx.query(
    `INSERT INTO deliveries (id, organization_id, endpoint_id, alert_id, event_type, body, state, next_try_at, created_at)
     SELECT id, organization_id, endpoint_id, alert_id, event_type, body, 'pending', at, at
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
       AS new (id, organization_id, endpoint_id, alert_id, event_type, body, at)`,
    [
      due.map(({ id }) => id),
      due.map(({ alert }) => alert.organizationId),
      due.map(({ endpointId }) => endpointId),
      due.map(({ alert }) => alert.id),
      due.map(({ alert }) => alert.type),
      due.map(({ alert }) => bodyOf(alert)),
      due.map(({ alert }) => new Date(alert.raisedAt)),
    ],
  );
  await notify(tx, DELIVERIES_CHANNEL, '');
  return due.length;
}

/** The webhook's body, fixed once so that every try sends and signs the same bytes. */
function bodyOf({ type, raisedAt, data }: NewAlert): string {
  return JSON.stringify({ type, timestamp: new Date(raisedAt).toISOString(), data });
}

function messageOf(alert: NewAlert): AlertRaised {
  return {
    id: alert.id,
    organizationId: alert.organizationId,
    type: alert.type,
    budgetId: alert.budgetId ?? '',
    threshold: alert.threshold ?? '',
    spent: alert.spent ?? '',
    amount: alert.amount ?? '',
    currency: alert.currency,
    raisedAt: new Date(alert.raisedAt).toISOString(),
    periodStart: alert.periodStart === null ? '' : new Date(alert.periodStart).toISOString(),
    name: alert.name,
  };
}
