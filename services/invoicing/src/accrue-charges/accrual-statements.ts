import type { Sql } from '@tollgate/platform/database';
import type { AccrualKey, AccruingCharge } from './accruing-charge';
import { accrualName, type Sums } from './sum-charges';

/** An accrual's row as it is locked. */
export interface LockedAccrual {
  readonly id: string;
  readonly generation: number;
}

const SHARE_ORGANIZATIONS = `SELECT pg_advisory_xact_lock_shared(k)
  FROM (SELECT DISTINCT organization_lock(o) AS k FROM unnest($1::uuid[]) AS o ORDER BY k) AS locks`;

/** Lets accruals of these organisations happen side by side, but not while one of their invoices is being finalised. */
export async function shareOrganizations(tx: Sql, organizationIds: readonly string[]): Promise<void> {
  await tx.query(SHARE_ORGANIZATIONS, [organizationIds]);
}

/** The no-op update locks rows that exist; the keys come sorted, so that transactions never lock them crosswise. */
const LOCK_ACCRUALS = `INSERT INTO accruals AS a (organization_id, period, currency, provider, model, project)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  ON CONFLICT (organization_id, period, provider, model, project) DO UPDATE SET generation = a.generation
  RETURNING id, generation, organization_id, period, currency, provider, model, project`;

/** Makes the missing accruals and locks all of them until the transaction ends; by name. */
export async function lockAccruals(tx: Sql, keys: readonly AccrualKey[]): Promise<Map<string, LockedAccrual>> {
  const columns = (['organizationId', 'period', 'currency', 'provider', 'model', 'project'] as const).map((member) =>
    keys.map((key) => key[member]),
  );
  const { rows } = await tx.query<LockedAccrual & Omit<AccrualKey, 'organizationId'> & { organization_id: string }>(LOCK_ACCRUALS, columns);
  return new Map(
    rows.map((row) => [accrualName({ ...row, organizationId: row.organization_id }), { id: row.id, generation: row.generation }]),
  );
}

const NOTE_APPLIED = `INSERT INTO applied_charges (charge_id, organization_id, accrual_id, generation)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::int[]) ON CONFLICT DO NOTHING RETURNING charge_id`;

/** Notes the charges with the line that they will be on; returns the ids of those that were not noted before. */
export async function noteApplied(tx: Sql, charges: readonly (readonly [AccruingCharge, LockedAccrual])[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ charge_id: string }>(NOTE_APPLIED, [
    charges.map(([charge]) => charge.chargeId),
    charges.map(([charge]) => charge.key.organizationId),
    charges.map(([, accrual]) => accrual.id),
    charges.map(([, accrual]) => accrual.generation),
  ]);
  return new Set(rows.map((row) => row.charge_id));
}

const ADD_TO_ACCRUALS = `UPDATE accruals a
  SET accrued = a.accrued + s.amount, cost = a.cost + s.cost, direct = a.direct + s.direct, charges = a.charges + s.charges, requests = a.requests + s.requests
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::numeric[], $5::numeric[], $6::numeric[]) AS s (id, charges, requests, amount, cost, direct)
  WHERE a.id = s.id`;

/** Adds sums to accruals that this transaction has locked. */
export async function addToAccruals(tx: Sql, sums: readonly (readonly [id: string, Sums])[]): Promise<void> {
  await tx.query(ADD_TO_ACCRUALS, [sums.map(([id]) => id), ...sumColumns(sums.map(([, sum]) => sum))]);
}

const ADD_TO_RECENT = `INSERT INTO recent_totals AS r (organization_id, period, rated_second, charges, requests, amount, cost, direct)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[])
  ON CONFLICT (organization_id, period, rated_second) DO UPDATE SET charges = r.charges + excluded.charges, requests = r.requests + excluded.requests,
    amount = r.amount + excluded.amount, cost = r.cost + excluded.cost, direct = r.direct + excluded.direct`;

/** A second of one organisation's month. */
export interface RecentSecond {
  readonly organizationId: string;
  readonly period: string;
  readonly ratedSecond: number;
}

/** Adds to what the recent seconds brought; they come sorted. */
export async function addToRecent(tx: Sql, sums: readonly (readonly [RecentSecond, Sums])[]): Promise<void> {
  await tx.query(ADD_TO_RECENT, [
    sums.map(([second]) => second.organizationId),
    sums.map(([second]) => second.period),
    sums.map(([second]) => new Date(second.ratedSecond).toISOString()),
    ...sumColumns(sums.map(([, sum]) => sum)),
  ]);
}

function sumColumns(sums: readonly Sums[]): unknown[][] {
  return [
    sums.map((sum) => sum.charges),
    sums.map((sum) => sum.requests),
    sums.map((sum) => sum.amount.toString()),
    sums.map((sum) => sum.cost.toString()),
    sums.map((sum) => sum.direct.toString()),
  ];
}
