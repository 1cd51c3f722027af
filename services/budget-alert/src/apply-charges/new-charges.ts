import type { Sql } from '@tollgate/platform/database';
import type { CountedCharge } from './read-charge';

/**
 * Notes the charges as applied and answers those that were not before, each once. In the order of ids, so that two processes that got the same charges
 * wait for each other in one order.
 */
export async function takeNewCharges(tx: Sql, charges: readonly CountedCharge[]): Promise<CountedCharge[]> {
  const byId = new Map(charges.map((charge) => [charge.chargeId, charge]));
  const ids = [...byId.keys()].sort();
  const { rows } = await tx.query<{ charge_id: string }>(
    `INSERT INTO applied_charges (charge_id, organization_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
     ON CONFLICT (charge_id) DO NOTHING RETURNING charge_id`,
    [ids, ids.map((id) => byId.get(id)!.organizationId)],
  );
  return rows.map((row) => byId.get(row.charge_id)!);
}
