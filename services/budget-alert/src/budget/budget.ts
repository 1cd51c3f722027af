import type { Budget as BudgetMessage } from '@tollgate/contracts';
import type { BudgetScope } from '@tollgate/domain';

export const BUDGET_PERIODS = ['day', 'week', 'month', 'quarter', 'total'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** A budget as its row says. Scope, period, currency and time zone are fixed at creation. */
export interface Budget {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly scope: BudgetScope;
  readonly period: BudgetPeriod;
  /** Exact decimal in `currency`; of the current period and those to come. */
  readonly amount: string;
  readonly currency: string;
  readonly timeZone: string;
  /** Percent, ascending. */
  readonly thresholds: readonly string[];
  readonly hardLimit: boolean;
  readonly status: 'active' | 'archived';
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The row of `budgets` as PostgreSQL answers. */
export interface BudgetRow {
  id: string;
  organization_id: string;
  name: string;
  scope_project: string;
  scope_team: string;
  scope_env: string;
  scope_feature: string;
  scope_key: string;
  scope_provider: string;
  scope_model: string;
  period: BudgetPeriod;
  amount: string;
  currency: string;
  time_zone: string;
  thresholds: string[];
  hard_limit: boolean;
  status: 'active' | 'archived';
  created_at: Date;
  updated_at: Date;
}

export const BUDGET_COLUMNS =
  'id, organization_id, name, scope_project, scope_team, scope_env, scope_feature, scope_key, scope_provider, scope_model, period, amount, currency, ' +
  'time_zone, thresholds, hard_limit, status, created_at, updated_at';

export function budgetOf(row: BudgetRow): Budget {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    scope: scopeOf(row),
    period: row.period,
    amount: row.amount,
    currency: row.currency,
    timeZone: row.time_zone,
    thresholds: row.thresholds,
    hardLimit: row.hard_limit,
    status: row.status,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}

/** What directory.budgets says of it. */
export function budgetMessage(budget: Budget): BudgetMessage {
  const { project = '', team = '', env = '', feature = '', key = '', provider = '', model = '' } = budget.scope;
  return {
    id: budget.id,
    organizationId: budget.organizationId,
    name: budget.name,
    scope: { project, team, env, feature, key, provider, model },
    period: budget.period,
    amount: budget.amount,
    currency: budget.currency,
    thresholds: [...budget.thresholds],
    hardLimit: budget.hardLimit,
    status: budget.status,
    createdAt: new Date(budget.createdAt).toISOString(),
  };
}

/** Only the members that narrow. */
function scopeOf(row: BudgetRow): BudgetScope {
  const members = {
    project: row.scope_project,
    team: row.scope_team,
    env: row.scope_env,
    feature: row.scope_feature,
    key: row.scope_key,
    provider: row.scope_provider,
    model: row.scope_model,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ''));
}
