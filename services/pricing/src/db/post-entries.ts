import type { ChargePosted } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import { insertCharges } from './insert-charges';

interface Total {
  readonly organizationId: string;
  readonly period: string;
  readonly second: string;
  charges: number;
  requests: number;
  amount: Decimal;
  cost: Decimal;
  direct: Decimal;
}

/** Adds entries to the ledger and their sums to the newest seconds, which lets the books be cut at a moment in the past. The only way into the ledger. */
export async function postEntries(tx: Sql, charges: readonly ChargePosted[]): Promise<void> {
  if (charges.length === 0) return;
  await insertCharges(tx, charges);
  const totals = totalsOf(charges);
  await tx.query(
    `INSERT INTO recent_totals AS known (organization_id, period, rated_second, charges, requests, amount, cost, direct)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[])
     ON CONFLICT (organization_id, period, rated_second) DO UPDATE SET charges = known.charges + excluded.charges,
       requests = known.requests + excluded.requests, amount = known.amount + excluded.amount, cost = known.cost + excluded.cost,
       direct = known.direct + excluded.direct`,
    [
      totals.map((total) => total.organizationId),
      totals.map((total) => total.period),
      totals.map((total) => total.second),
      totals.map((total) => total.charges),
      totals.map((total) => total.requests),
      totals.map((total) => total.amount.toString()),
      totals.map((total) => total.cost.toString()),
      totals.map((total) => total.direct.toString()),
    ],
  );
}

/** Summed by organisation, period and second, in the order of the key, so that parallel batches never wait for each other in a circle. */
function totalsOf(charges: readonly ChargePosted[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { organizationId, period, ratedAt, requests, amount, cost, direct } of charges) {
    const second = `${ratedAt.slice(0, 19)}Z`;
    const key = `${organizationId} ${period} ${second}`;
    let total = totals.get(key);
    if (!total) {
      total = { organizationId, period, second, charges: 0, requests: 0, amount: Decimal.ZERO, cost: Decimal.ZERO, direct: Decimal.ZERO };
      totals.set(key, total);
    }
    total.charges += 1;
    total.requests += requests;
    total.amount = total.amount.plus(Decimal.parse(amount));
    total.cost = total.cost.plus(Decimal.parse(cost));
    total.direct = total.direct.plus(Decimal.parse(direct));
  }
  return [...totals.keys()].sort().map((key) => totals.get(key)!);
}
