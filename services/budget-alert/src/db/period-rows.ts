import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import type { Budget } from '../budget/budget';
import { periodKey, type BudgetSpan } from '../budget/budget-span';

/** A budget's period under its lock. */
export interface PeriodRow {
  readonly budgetId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Epoch milliseconds; null when it never ends. */
  readonly end: number | null;
  readonly amount: Decimal;
  readonly spent: Decimal;
  readonly held: Decimal;
  readonly recallRound: bigint;
}

/** Names one period of a budget. */
export interface PeriodId {
  readonly budgetId: string;
  readonly start: number;
}

/** Rows known to be there: they are never deleted. Bounded by starting over. */
const known = new Set<string>();
const MAX_KNOWN = 100_000;

/**
 * Makes the rows that are missing. Before any period is locked: a transaction that waits here for another one's new row holds no period that the other
 * could wait for.
 */
export async function ensurePeriods(tx: Sql, wanted: readonly { budget: Budget; span: BudgetSpan }[]): Promise<void> {
  const missing = wanted
    .map(({ budget, span }) => ({ key: periodKey(budget.id, span.start), budget, span }))
    .filter(({ key }) => !known.has(key))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
  if (missing.length === 0) return;
  await tx.query(
    `INSERT INTO budget_periods (budget_id, period_start, period_end, first_day, end_day, organization_id, amount)
     SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::date[], $5::date[], $6::uuid[], $7::numeric[])
     ON CONFLICT (budget_id, period_start) DO NOTHING`,
    [
      missing.map(({ budget }) => budget.id),
      missing.map(({ span }) => new Date(span.start)),
      missing.map(({ span }) => (span.end === null ? null : new Date(span.end))),
      missing.map(({ span }) => span.firstDay),
      missing.map(({ span }) => span.endDay),
      missing.map(({ budget }) => budget.organizationId),
      missing.map(({ budget }) => budget.amount),
    ],
  );
}

/** Remembers rows as made; only once the transaction that made them has committed. */
export function rememberPeriods(made: readonly { budget: Budget; span: BudgetSpan }[]): void {
  if (known.size + made.length > MAX_KNOWN) known.clear();
  for (const { budget, span } of made) known.add(periodKey(budget.id, span.start));
}

interface LockedRow {
  budget_id: string;
  period_start: Date;
  period_end: Date | null;
  amount: string;
  spent: string;
  held: string;
  recall_round: string;
}

/** Locks periods in one order for everybody and answers what they hold, by `periodKey`. What doesn't exist is left out. */
export async function lockPeriods(tx: Sql, ids: Iterable<PeriodId>): Promise<Map<string, PeriodRow>> {
  const wanted = new Map([...ids].map((id) => [periodKey(id.budgetId, id.start), id]));
  if (wanted.size === 0) return new Map();
  const { rows } = await tx.query<LockedRow>(
    `SELECT p.budget_id, p.period_start, p.period_end, p.amount, p.spent, p.held, p.recall_round
     FROM budget_periods p JOIN unnest($1::uuid[], $2::timestamptz[]) AS wanted (budget_id, period_start) USING (budget_id, period_start)
     ORDER BY p.budget_id, p.period_start FOR UPDATE OF p`,
    [[...wanted.values()].map(({ budgetId }) => budgetId), [...wanted.values()].map(({ start }) => new Date(start))],
  );
  return new Map(rows.map((row) => [periodKey(row.budget_id, row.period_start.getTime()), periodOf(row)]));
}

/** What a locked period becomes. */
export interface PeriodChange {
  readonly budgetId: string;
  readonly start: number;
  readonly spent: Decimal;
  readonly held: Decimal;
  readonly recallRound: bigint;
}

/** Writes periods that `lockPeriods` has locked. */
export async function writePeriods(tx: Sql, changes: readonly PeriodChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `UPDATE budget_periods p SET spent = new.spent, held = new.held, recall_round = new.recall_round
     FROM unnest($1::uuid[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::bigint[]) AS new (budget_id, period_start, spent, held, recall_round)
     WHERE p.budget_id = new.budget_id AND p.period_start = new.period_start`,
    [
      changes.map(({ budgetId }) => budgetId),
      changes.map(({ start }) => new Date(start)),
      changes.map(({ spent }) => spent.toString()),
      changes.map(({ held }) => held.toString()),
      changes.map(({ recallRound }) => recallRound.toString()),
    ],
  );
}

function periodOf(row: LockedRow): PeriodRow {
  return {
    budgetId: row.budget_id,
    start: row.period_start.getTime(),
    end: row.period_end?.getTime() ?? null,
    amount: Decimal.parse(row.amount),
    spent: Decimal.parse(row.spent),
    held: Decimal.parse(row.held),
    recallRound: BigInt(row.recall_round),
  };
}
