import { Decimal, type ScopeFacts } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import type { Budget } from '../budget/budget';
import { budgetSpan, periodKey, type BudgetSpan } from '../budget/budget-span';

/** A period that a new budget begins with. */
export interface CountedPeriod {
  readonly span: BudgetSpan;
  readonly spent: Decimal;
}

/** Empty members match everything, as in `scopeMatches`. */
const SPENT_BY_DAY = `
  SELECT day::text AS day, sum(amount + direct) AS spent FROM meters
  WHERE organization_id = $1 AND ($2 = '' OR project = $2) AND ($3 = '' OR team = $3) AND ($4 = '' OR env = $4) AND ($5 = '' OR feature = $5)
    AND ($6 = '' OR key_id = $6) AND ($7 = '' OR provider = $7) AND ($8 = '' OR model = $8)
  GROUP BY day ORDER BY day`;

/**
 * What the meters say of every period of a new budget, its current one always among them. Under the organisation's lock alone: then the meters are
 * complete and nobody adds to them.
 */
export async function countPeriods(tx: Sql, budget: Budget, nowMs: number): Promise<CountedPeriod[]> {
  const { project, team, env, feature, key, provider, model } = membersOf(budget);
  const { rows } = await tx.query<{ day: string; spent: string }>(SPENT_BY_DAY, [
    budget.organizationId,
    ...[project, team, env, feature, key, provider, model],
  ]);
  const current = budgetSpan(nowMs, budget.timeZone, budget.period);
  const periods = new Map([[periodKey(budget.id, current.start), { span: current, spent: Decimal.ZERO }]]);
  for (const { day, spent } of rows) {
    const span = spanOfDay(day, budget);
    const period = periodKey(budget.id, span.start);
    const before = periods.get(period)?.spent ?? Decimal.ZERO;
    periods.set(period, { span, spent: before.plus(Decimal.parse(spent)) });
  }
  return [...periods.values()];
}

/** Noon UTC lies in the local day of that date everywhere but from UTC+12 on, where UTC's midnight does. */
function spanOfDay(day: string, { timeZone, period }: Budget): BudgetSpan {
  for (const hour of [12, 0]) {
    const instant = Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000;
    if (budgetSpan(instant, timeZone, 'day').firstDay === day) return budgetSpan(instant, timeZone, period);
  }
  throw new Error(`no instant of ${day} was found in ${timeZone}`);
}

export function membersOf({ scope }: Pick<Budget, 'scope'>): ScopeFacts {
  const { project = '', team = '', env = '', feature = '', key = '', provider = '', model = '' } = scope;
  return { project, team, env, feature, key, provider, model };
}

/** Writes the periods of a new budget. */
export async function insertPeriods(tx: Sql, budget: Budget, periods: readonly CountedPeriod[]): Promise<void> {
  await tx.query(
    `INSERT INTO budget_periods (budget_id, organization_id, amount, period_start, period_end, first_day, end_day, spent)
     SELECT $1, $2, $3, * FROM unnest($4::timestamptz[], $5::timestamptz[], $6::date[], $7::date[], $8::numeric[])`,
    [
      budget.id,
      budget.organizationId,
      budget.amount,
      periods.map(({ span }) => new Date(span.start)),
      periods.map(({ span }) => (span.end === null ? null : new Date(span.end))),
      periods.map(({ span }) => span.firstDay),
      periods.map(({ span }) => span.endDay),
      periods.map(({ spent }) => spent.toString()),
    ],
  );
}
