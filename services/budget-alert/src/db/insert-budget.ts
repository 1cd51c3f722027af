import type { Sql } from '@tollgate/platform/database';
import type { Budget } from '../budget/budget';

export async function insertBudget(tx: Sql, budget: Budget): Promise<void> {
  const { project = '', team = '', env = '', feature = '', key = '', provider = '', model = '' } = budget.scope;
  await tx.query(
    `INSERT INTO budgets (id, organization_id, name, scope_project, scope_team, scope_env, scope_feature, scope_key, scope_provider, scope_model,
       period, amount, currency, time_zone, thresholds, hard_limit, status, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      ...[budget.id, budget.organizationId, budget.name, project, team, env, feature, key, provider, model],
      ...[budget.period, budget.amount, budget.currency, budget.timeZone, budget.thresholds, budget.hardLimit, budget.status],
      ...[new Date(budget.createdAt), new Date(budget.updatedAt)],
    ],
  );
}
