import type { Sql } from '@tollgate/platform/database';
import type { DueDelivery } from './due-deliveries';
import type { TryResult } from './post-webhook';
import { nextTryAt } from './retry-schedule';

/** What a try means for its delivery. */
export type Outcome =
  | { readonly state: 'delivered' }
  | { readonly state: 'failed' }
  /** The receiver says that it is gone for good. */
  | { readonly state: 'cancelled' }
  | { readonly state: 'pending'; readonly nextTryAt: number };

const GONE = 410;

/** Any 2xx is taken as received; a redirect is a failure like any other answer. */
export function outcomeOf({ status }: Pick<TryResult, 'status'>, tries: number, nowMs: number, random: number): Outcome {
  if (status !== null && status >= 200 && status < 300) return { state: 'delivered' };
  if (status === GONE) return { state: 'cancelled' };
  const next = nextTryAt(tries, nowMs, random);
  return next === null ? { state: 'failed' } : { state: 'pending', nextTryAt: next };
}

/** Notes the try and what becomes of the delivery; 410 disables the endpoint and lets go of whatever else waits for it. */
export async function settleTry(tx: Sql, delivery: DueDelivery, result: TryResult, outcome: Outcome, nowMs: number): Promise<void> {
  const { id, organizationId, endpointId, tries } = delivery;
  // The endpoint before its deliveries, as everybody locks them.
  if (outcome.state === 'cancelled') await tx.query('SELECT id FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE', [endpointId]);
  const { rowCount } = await tx.query(
    `UPDATE deliveries SET state = $2, tries = $3, next_try_at = coalesce($4, next_try_at), claimed_until = NULL, settled_at = $5
     WHERE id = $1 AND state = 'pending'`,
    [
      id,
      outcome.state,
      tries + 1,
      outcome.state === 'pending' ? new Date(outcome.nextTryAt) : null,
      outcome.state === 'pending' ? null : new Date(nowMs),
    ],
  );
  await tx.query(
    `INSERT INTO delivery_attempts (delivery_id, attempt, organization_id, attempted_at, duration_ms, status, error, excerpt)
     SELECT $1, 1 + (SELECT count(*) FROM delivery_attempts WHERE delivery_id = $1), $2, $3, $4, $5, $6, $7
     WHERE EXISTS (SELECT FROM deliveries WHERE id = $1) ON CONFLICT DO NOTHING`,
    [id, organizationId, new Date(nowMs), result.durationMs, result.status, result.error, result.excerpt],
  );
  if (outcome.state !== 'cancelled' || rowCount === 0) return;
  await tx.query(
    `UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'The receiver answered 410 (gone)', updated_at = $2 WHERE id = $1`,
    [endpointId, new Date(nowMs)],
  );
  await tx.query(`UPDATE deliveries SET state = 'cancelled', settled_at = $2 WHERE endpoint_id = $1 AND state = 'pending'`, [
    endpointId,
    new Date(nowMs),
  ]);
}
