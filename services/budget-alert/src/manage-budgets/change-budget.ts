import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import type { Budget } from '../budget/budget';
import { periodKey } from '../budget/budget-span';
import { reachedThresholds } from '../budget/thresholds';
import { notify, RECALLS_CHANNEL, RETURNS_CHANNEL } from '../db/channels';
import { claimOrganization } from '../db/organization-lock';
import { lockPeriods, type PeriodRow } from '../db/period-rows';
import { headroom } from '../lend-grants/allocate';
import { recallEverybody } from '../lend-grants/recall-message';
import { thresholdAlert } from '../raise-alerts/new-alert';
import { raiseAlerts } from '../raise-alerts/raise-alerts';
import type { ChangeBudget } from './budget.schema';
import { publishBudget } from './create-budget';
import { findBudget } from './find-budgets';

/**
 * Changes a budget from its current period on; past periods keep their amount. Alerts of thresholds that are no longer reached are armed again; those
 * that are reached now are told of. A limit that was lowered below what is spent and held lends nothing more and calls idle parts back.
 */
export async function changeBudget(tx: Sql, organizationId: string, id: string, change: ChangeBudget, nowMs: number): Promise<Budget> {
  await claimOrganization(tx, organizationId);
  const before = await findBudget(tx, organizationId, id);
  if (before.status === 'archived') throw archived();
  const budget: Budget = {
    ...before,
    name: change.name ?? before.name,
    amount: change.amount ?? before.amount,
    thresholds: change.thresholds?.map(String) ?? before.thresholds,
    hardLimit: change.hardLimit ?? before.hardLimit,
    updatedAt: nowMs,
  };
  await tx.query('UPDATE budgets SET name = $2, amount = $3, thresholds = $4, hard_limit = $5, updated_at = $6 WHERE id = $1', [
    ...[id, budget.name, budget.amount, budget.thresholds, budget.hardLimit, new Date(nowMs)],
  ]);
  for (const period of await openPeriods(tx, id, nowMs)) await adjustPeriod(tx, budget, period, nowMs);
  await publishBudget(tx, budget);
  return budget;
}

/** Archives a budget: it counts, tells and limits nothing any more. Its grants end; its history stays. */
export async function archiveBudget(tx: Sql, organizationId: string, id: string, nowMs: number): Promise<void> {
  await claimOrganization(tx, organizationId);
  const before = await findBudget(tx, organizationId, id);
  if (before.status === 'archived') return;
  const budget: Budget = { ...before, status: 'archived', updatedAt: nowMs };
  await tx.query(`UPDATE budgets SET status = 'archived', updated_at = $2 WHERE id = $1`, [id, new Date(nowMs)]);
  const lent = await tx.query<{ period_start: Date }>('SELECT period_start FROM budget_periods WHERE budget_id = $1 AND held > 0', [id]);
  await lockPeriods(
    tx,
    lent.rows.map((row) => ({ budgetId: id, start: row.period_start.getTime() })),
  );
  await tx.query(`UPDATE grants SET state = 'ended', remaining = 0 WHERE budget_id = $1 AND state <> 'ended'`, [id]);
  await tx.query('UPDATE budget_periods SET held = 0 WHERE budget_id = $1 AND held > 0', [id]);
  await publishBudget(tx, budget);
  await notify(tx, RECALLS_CHANNEL, recallEverybody(id));
}

function archived(): Problem {
  return new Problem({
    status: 409,
    code: 'budget_archived',
    title: 'The budget is archived',
    detail: 'An archived budget does not change any more.',
    fix: 'Create a new budget; it counts its whole period.',
  });
}

async function openPeriods(tx: Sql, id: string, nowMs: number): Promise<PeriodRow[]> {
  const { rows } = await tx.query<{ period_start: Date }>(
    'SELECT period_start FROM budget_periods WHERE budget_id = $1 AND (period_end IS NULL OR period_end > $2)',
    [id, new Date(nowMs)],
  );
  const locked = await lockPeriods(
    tx,
    rows.map((row) => ({ budgetId: id, start: row.period_start.getTime() })),
  );
  return [...locked.values()];
}

async function adjustPeriod(tx: Sql, budget: Budget, period: PeriodRow, nowMs: number): Promise<void> {
  const amount = Decimal.parse(budget.amount);
  const free = headroom({ limit: amount, spent: period.spent, held: period.held });
  const reached = reachedThresholds(period.spent, amount, budget.thresholds);
  const subject = periodKey(budget.id, period.start);
  await tx.query('UPDATE budget_periods SET amount = $3 WHERE budget_id = $1 AND period_start = $2', [
    budget.id,
    new Date(period.start),
    budget.amount,
  ]);
  const stillFired = [...reached, ...(amount.compare(period.amount) > 0 ? [] : ['budget.limit.reached'])];
  await tx.query(
    `DELETE FROM fired WHERE organization_id = $1 AND subject = $2 AND NOT mark = ANY($3::text[]) AND mark NOT LIKE 'expired:%'`,
    [budget.organizationId, subject, stillFired],
  );
  await raiseAlerts(
    tx,
    reached.map((threshold) =>
      thresholdAlert({ budget, periodStart: period.start, amount, spent: period.spent, threshold, raisedAt: nowMs }),
    ),
  );
  if (!budget.hardLimit || free.isNegative()) await notify(tx, RECALLS_CHANNEL, recallEverybody(budget.id));
  else await notify(tx, RETURNS_CHANNEL, budget.id);
}
