import type { Sql } from '@tollgate/platform/database';
import type { MeterChange } from './fold-charges';

/** Adds to the meters. `changes` are sorted by key. */
export async function upsertMeters(tx: Sql, changes: readonly MeterChange[]): Promise<void> {
  await tx.query(
    `INSERT INTO meters AS m (organization_id, day, facts_id, provider, model, project, team, env, feature, key_id, charges, requests, amount, cost, direct)
     SELECT * FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                          $11::bigint[], $12::bigint[], $13::numeric[], $14::numeric[], $15::numeric[])
     ON CONFLICT (organization_id, day, facts_id) DO UPDATE SET charges = m.charges + excluded.charges, requests = m.requests + excluded.requests,
       amount = m.amount + excluded.amount, cost = m.cost + excluded.cost, direct = m.direct + excluded.direct`,
    [
      changes.map(({ organizationId }) => organizationId),
      changes.map(({ day }) => day),
      changes.map(({ factsId }) => factsId),
      changes.map(({ facts }) => facts.provider),
      changes.map(({ facts }) => facts.model),
      changes.map(({ facts }) => facts.project),
      changes.map(({ facts }) => facts.team),
      changes.map(({ facts }) => facts.env),
      changes.map(({ facts }) => facts.feature),
      changes.map(({ facts }) => facts.key),
      changes.map(({ charges }) => charges),
      changes.map(({ requests }) => requests),
      changes.map(({ amount }) => amount.toString()),
      changes.map(({ cost }) => cost.toString()),
      changes.map(({ direct }) => direct.toString()),
    ],
  );
}
