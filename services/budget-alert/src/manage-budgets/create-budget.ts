import { topics } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import { writeOutbox, type Sql } from '@tollgate/platform/database';
import { budgetMessage, type Budget } from '../budget/budget';
import { budgetSpan } from '../budget/budget-span';
import { reachedThresholds } from '../budget/thresholds';
import { insertBudget } from '../db/insert-budget';
import { claimOrganization } from '../db/organization-lock';
import { thresholdAlert } from '../raise-alerts/new-alert';
import { raiseAlerts, type Raised } from '../raise-alerts/raise-alerts';
import { countPeriods, insertPeriods } from './count-budget';

/**
 * Creates a budget that counts its whole period from the meters, tells of the thresholds that are reached already, and makes it known to every ingress.
 * Alone in its organisation, so that a charge under way is either in the meters or sees the budget.
 */
export async function createBudget(tx: Sql, budget: Budget): Promise<Raised> {
  await claimOrganization(tx, budget.organizationId);
  const nowMs = budget.createdAt;
  const periods = await countPeriods(tx, budget, nowMs);
  await insertBudget(tx, budget);
  await insertPeriods(tx, budget, periods);
  await publishBudget(tx, budget);
  const current = budgetSpan(nowMs, budget.timeZone, budget.period);
  const amount = Decimal.parse(budget.amount);
  return raiseAlerts(
    tx,
    periods
      .filter(({ span }) => span.start >= current.start)
      .flatMap(({ span, spent }) =>
        reachedThresholds(spent, amount, budget.thresholds).map((threshold) =>
          thresholdAlert({ budget, periodStart: span.start, amount, spent, threshold, raisedAt: nowMs }),
        ),
      ),
  );
}

/** In the transaction of what changed: a budget and what the ingresses know of it never part. */
export async function publishBudget(tx: Sql, budget: Budget): Promise<void> {
  await writeOutbox(tx, [{ topic: topics.budgets.name, key: budget.id, value: topics.budgets.encode(budgetMessage(budget)) }]);
}
