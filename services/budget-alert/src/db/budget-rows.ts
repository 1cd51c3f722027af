import type { Sql } from '@tollgate/platform/database';
import { BUDGET_COLUMNS, budgetOf, type Budget, type BudgetRow } from '../budget/budget';

/** The active budgets of organisations. */
export async function activeBudgets(tx: Sql, organizationIds: readonly string[]): Promise<Budget[]> {
  const { rows } = await tx.query<BudgetRow>(
    `SELECT ${BUDGET_COLUMNS} FROM budgets WHERE organization_id = ANY($1::uuid[]) AND status = 'active' ORDER BY id`,
    [organizationIds],
  );
  return rows.map(budgetOf);
}

/** Budgets by id, archived ones too. */
export async function budgetsById(tx: Sql, ids: Iterable<string>): Promise<Map<string, Budget>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { rows } = await tx.query<BudgetRow>(`SELECT ${BUDGET_COLUMNS} FROM budgets WHERE id = ANY($1::uuid[])`, [wanted]);
  return new Map(rows.map((row) => [row.id, budgetOf(row)]));
}
