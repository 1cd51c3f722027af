import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';

export type GrantState = 'open' | 'final' | 'ended' | 'expired';

/** A grant; to be trusted only under the lock of its period. */
export interface GrantRow {
  readonly id: string;
  readonly organizationId: string;
  readonly budgetId: string;
  readonly periodStart: number;
  readonly holder: string;
  readonly remaining: Decimal;
  readonly state: GrantState;
  /** Epoch milliseconds. */
  readonly renewedAt: number;
  readonly answeredRound: bigint;
}

interface Row {
  id: string;
  organization_id: string;
  budget_id: string;
  period_start: Date;
  holder: string;
  remaining: string;
  state: GrantState;
  renewed_at: Date;
  answered_round: string;
}

const COLUMNS = 'g.id, g.organization_id, g.budget_id, g.period_start, g.holder, g.remaining, g.state, g.renewed_at, g.answered_round';

/** Where grants belong to; this never changes, so no lock is needed. */
export async function grantPeriods(tx: Sql, ids: Iterable<string>): Promise<{ budgetId: string; start: number }[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const { rows } = await tx.query<{ budget_id: string; period_start: Date }>(
    'SELECT DISTINCT budget_id, period_start FROM grants WHERE id = ANY($1::uuid[])',
    [wanted],
  );
  return rows.map((row) => ({ budgetId: row.budget_id, start: row.period_start.getTime() }));
}

/** Grants by id. */
export async function readGrants(tx: Sql, ids: Iterable<string>): Promise<Map<string, GrantRow>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { rows } = await tx.query<Row>(`SELECT ${COLUMNS} FROM grants g WHERE g.id = ANY($1::uuid[])`, [wanted]);
  return new Map(rows.map((row) => [row.id, grantOf(row)]));
}

/** The open grants of periods of which something is left. */
export async function openGrants(tx: Sql, periods: readonly { budgetId: string; start: number }[]): Promise<GrantRow[]> {
  if (periods.length === 0) return [];
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM grants g JOIN unnest($1::uuid[], $2::timestamptz[]) AS wanted (budget_id, period_start) USING (budget_id, period_start)
     WHERE g.state = 'open' AND g.remaining > 0`,
    [periods.map(({ budgetId }) => budgetId), periods.map(({ start }) => new Date(start))],
  );
  return rows.map(grantOf);
}

/** Writes what became of grants, under the locks of their periods. */
export async function writeGrants(tx: Sql, grants: readonly GrantRow[]): Promise<void> {
  if (grants.length === 0) return;
  await tx.query(
    `UPDATE grants g SET remaining = new.remaining, state = new.state, renewed_at = new.renewed_at, answered_round = new.answered_round
     FROM unnest($1::uuid[], $2::numeric[], $3::text[], $4::timestamptz[], $5::bigint[]) AS new (id, remaining, state, renewed_at, answered_round)
     WHERE g.id = new.id`,
    [
      grants.map(({ id }) => id),
      grants.map(({ remaining }) => remaining.toString()),
      grants.map(({ state }) => state),
      grants.map(({ renewedAt }) => new Date(renewedAt)),
      grants.map(({ answeredRound }) => answeredRound.toString()),
    ],
  );
}

/** Adds new grants and tops up known ones. */
export async function addToGrants(tx: Sql, additions: readonly { grant: GrantRow; added: Decimal }[]): Promise<void> {
  if (additions.length === 0) return;
  await tx.query(
    `INSERT INTO grants AS g (id, organization_id, budget_id, period_start, holder, total, remaining, state, created_at, renewed_at, answered_round)
     SELECT id, organization_id, budget_id, period_start, holder, added, added, 'open', at, at, answered_round
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::numeric[], $7::timestamptz[], $8::bigint[])
       AS new (id, organization_id, budget_id, period_start, holder, added, at, answered_round)
     ON CONFLICT (id) DO UPDATE SET total = g.total + excluded.total, remaining = g.remaining + excluded.remaining, renewed_at = excluded.renewed_at`,
    [
      additions.map(({ grant }) => grant.id),
      additions.map(({ grant }) => grant.organizationId),
      additions.map(({ grant }) => grant.budgetId),
      additions.map(({ grant }) => new Date(grant.periodStart)),
      additions.map(({ grant }) => grant.holder),
      additions.map(({ added }) => added.toString()),
      additions.map(({ grant }) => new Date(grant.renewedAt)),
      additions.map(({ grant }) => grant.answeredRound.toString()),
    ],
  );
}

function grantOf(row: Row): GrantRow {
  return {
    id: row.id,
    organizationId: row.organization_id,
    budgetId: row.budget_id,
    periodStart: row.period_start.getTime(),
    holder: row.holder,
    remaining: Decimal.parse(row.remaining),
    state: row.state,
    renewedAt: row.renewed_at.getTime(),
    answeredRound: BigInt(row.answered_round),
  };
}
