import type { Sql } from '@tollgate/platform/database';
import type { RecentChange } from './fold-charges';

/** Adds to the last hour's totals by second of rating. `changes` are sorted by key. */
export async function upsertRecentTotals(tx: Sql, changes: readonly RecentChange[]): Promise<void> {
  await tx.query(
    `INSERT INTO recent_totals AS r (organization_id, period, rated_second, charges, requests, amount, cost, direct)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[])
     ON CONFLICT (organization_id, period, rated_second) DO UPDATE SET charges = r.charges + excluded.charges, requests = r.requests + excluded.requests,
       amount = r.amount + excluded.amount, cost = r.cost + excluded.cost, direct = r.direct + excluded.direct`,
    [
      changes.map(({ organizationId }) => organizationId),
      changes.map(({ period }) => period),
      changes.map(({ ratedSecond }) => new Date(ratedSecond)),
      changes.map(({ charges }) => charges),
      changes.map(({ requests }) => requests),
      changes.map(({ amount }) => amount.toString()),
      changes.map(({ cost }) => cost.toString()),
      changes.map(({ direct }) => direct.toString()),
    ],
  );
}

/** In the order of keys, as the upserts lock them; rows that are being added to are left for the next time. */
const PRUNE = `
  DELETE FROM recent_totals WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM recent_totals WHERE rated_second < $1 ORDER BY organization_id, period, rated_second LIMIT 20000 FOR UPDATE SKIP LOCKED))`;

/** Forgets what is over an hour old; a cut lies 15 seconds back. */
export async function pruneRecentTotals(db: Sql, nowMs: number): Promise<void> {
  await db.query(PRUNE, [new Date(nowMs - 3_600_000)]);
}
