import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import type { Budget } from '../budget/budget';
import { budgetSpan, periodKey } from '../budget/budget-span';
import { percentOf } from '../budget/thresholds';
import type { BudgetView } from './budget.schema';

interface CurrentRow {
  budget_id: string;
  amount: string;
  spent: string;
  held: string;
}

/** Budgets as REST shows them: each with the period that holds `nowMs`. */
export async function viewBudgets(tx: Sql, budgets: readonly Budget[], nowMs: number): Promise<BudgetView[]> {
  const spans = new Map(budgets.map((budget) => [budget.id, budgetSpan(nowMs, budget.timeZone, budget.period)]));
  const starts = budgets.map(({ id }) => spans.get(id)!.start);
  const current = await tx.query<CurrentRow>(
    `SELECT budget_id, amount, spent, held FROM budget_periods JOIN unnest($1::uuid[], $2::timestamptz[]) AS wanted (budget_id, period_start)
     USING (budget_id, period_start)`,
    [budgets.map(({ id }) => id), starts.map((start) => new Date(start))],
  );
  const fired = await tx.query<{ subject: string; mark: string }>('SELECT subject, mark FROM fired WHERE subject = ANY($1::text[])', [
    budgets.map(({ id }, index) => periodKey(id, starts[index]!)),
  ]);
  const rowOf = new Map(current.rows.map((row) => [row.budget_id, row]));
  return budgets.map((budget) => {
    const span = spans.get(budget.id)!;
    const marks = fired.rows.filter(({ subject }) => subject === periodKey(budget.id, span.start)).map(({ mark }) => mark);
    return viewOf(budget, span, rowOf.get(budget.id), marks);
  });
}

function viewOf(
  budget: Budget,
  span: { start: number; end: number | null },
  row: CurrentRow | undefined,
  marks: readonly string[],
): BudgetView {
  const [amount, spent, held] = [row?.amount ?? budget.amount, row?.spent ?? '0', row?.held ?? '0'].map((text) => Decimal.parse(text));
  const { id, name, scope, period, currency, hardLimit, status } = budget;
  return {
    id,
    name,
    scope: { ...scope },
    period,
    amount: Decimal.parse(budget.amount).toString(),
    currency,
    thresholds: budget.thresholds.map(Number),
    hardLimit,
    status,
    createdAt: new Date(budget.createdAt).toISOString(),
    updatedAt: new Date(budget.updatedAt).toISOString(),
    current: {
      periodStart: new Date(span.start).toISOString(),
      resetsAt: span.end === null ? null : new Date(span.end).toISOString(),
      amount: amount!.toString(),
      spent: spent!.toString(),
      held: held!.toString(),
      remaining: amount!.minus(spent!).minus(held!).toString(),
      percent: percentOf(spent!, amount!),
      thresholdsFired: budget.thresholds.filter((threshold) => marks.includes(threshold)).map(Number),
      limitReached: marks.includes('budget.limit.reached'),
    },
  };
}
