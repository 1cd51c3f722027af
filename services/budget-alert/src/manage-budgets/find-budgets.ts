import type { Sql } from '@tollgate/platform/database';
import { notFound } from '@tollgate/platform/http';
import { BUDGET_COLUMNS, budgetOf, type Budget, type BudgetRow } from '../budget/budget';
import { budgetsById } from '../db/budget-rows';

/** Newest first, after the cursor. */
export async function listBudgets(
  tx: Sql,
  organizationId: string,
  query: { status: 'active' | 'archived' | 'all'; after: string | null; limit: number },
): Promise<Budget[]> {
  const { rows } = await tx.query<BudgetRow>(
    `SELECT ${BUDGET_COLUMNS} FROM budgets WHERE organization_id = $1 AND ($2 = 'all' OR status = $2) AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [organizationId, query.status, query.after, query.limit],
  );
  return rows.map(budgetOf);
}

/** Throws a Problem 404 for a budget that is not there, or not the organisation's. */
export async function findBudget(tx: Sql, organizationId: string, id: string): Promise<Budget> {
  const budget = (await budgetsById(tx, [id])).get(id);
  if (budget?.organizationId !== organizationId) throw notFound('budget', id);
  return budget;
}
