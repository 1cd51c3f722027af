import type { Sql } from '@tollgate/platform/database';

/** A delivery that this process has claimed, with what it needs to be sent. */
export interface DueDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly body: string;
  /** Tries made before this one, since it was created or redelivered. */
  readonly tries: number;
  readonly url: string;
  readonly sealedSecret: string;
  /** The secret before a rotation, while it still signs; null otherwise. */
  readonly previousSealedSecret: string | null;
}

interface Row {
  id: string;
  organization_id: string;
  endpoint_id: string;
  body: string;
  tries: number;
  url: string;
  sealed_secret: string;
  previous_sealed_secret: string | null;
}

/**
 * Claims deliveries that are due. Two processes never get the same one; a claim that its process did not live to settle is free again when it runs out.
 * Endpoints that are busy here are passed over, so that a slow one holds up nobody else.
 */
const CLAIM = `
  UPDATE deliveries d SET claimed_until = $2
  FROM webhook_endpoints e
  WHERE e.id = d.endpoint_id AND d.id IN (
    SELECT id FROM deliveries
    WHERE state = 'pending' AND next_try_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1) AND NOT endpoint_id = ANY($3::uuid[])
    ORDER BY next_try_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
  RETURNING d.id, d.organization_id, d.endpoint_id, d.body, d.tries, e.url, e.sealed_secret,
            CASE WHEN e.previous_expires_at > $1 THEN e.previous_sealed_secret END AS previous_sealed_secret`;

export async function claimDue(
  db: Sql,
  options: { nowMs: number; claimMs: number; busyEndpoints: readonly string[]; limit: number },
): Promise<DueDelivery[]> {
  const { nowMs, claimMs, busyEndpoints, limit } = options;
  const { rows } = await db.query<Row>(CLAIM, [new Date(nowMs), new Date(nowMs + claimMs), busyEndpoints, limit]);
  return rows
    .map((row) => ({
      id: row.id,
      organizationId: row.organization_id,
      endpointId: row.endpoint_id,
      body: row.body,
      tries: row.tries,
      url: row.url,
      sealedSecret: row.sealed_secret,
      previousSealedSecret: row.previous_sealed_secret,
    }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** When the next pending delivery is due, in epoch milliseconds; null when none is. */
export async function nextDueAt(db: Sql): Promise<number | null> {
  const { rows } = await db.query<{ at: Date | null }>(
    `SELECT min(greatest(next_try_at, coalesce(claimed_until, next_try_at))) AS at FROM
       (SELECT next_try_at, claimed_until FROM deliveries WHERE state = 'pending' ORDER BY next_try_at LIMIT 100) AS soonest`,
  );
  return rows[0]?.at?.getTime() ?? null;
}
