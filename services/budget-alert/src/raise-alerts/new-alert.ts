import type { BudgetScope, Decimal } from '@tollgate/domain';
import { v7 as uuidv7 } from 'uuid';
import type { Budget } from '../budget/budget';
import { periodKey } from '../budget/budget-span';

/** Every type of event that a webhook can ask for, in the past tense. */
export const EVENT_TYPES = ['budget.threshold.reached', 'budget.limit.reached', 'budget.grant.expired', 'usage.parked'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An alert that is about to be raised; `subject` and `mark` make it fire once. */
export interface NewAlert {
  readonly id: string;
  readonly organizationId: string;
  readonly type: EventType;
  readonly subject: string;
  readonly mark: string;
  readonly budgetId: string | null;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly periodStart: number | null;
  readonly threshold: string | null;
  readonly spent: string | null;
  readonly amount: string | null;
  readonly currency: string;
  /** The `data` of the webhook's body. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly raisedAt: number;
}

/** A budget's `data` in a webhook: money as decimal strings, the threshold as the percent that was set. */
export interface BudgetData {
  readonly budgetId: string;
  readonly name: string;
  readonly scope: BudgetScope;
  readonly threshold: number | null;
  readonly spent: string;
  readonly amount: string;
  readonly currency: string;
}

interface Situation {
  readonly budget: Budget;
  readonly periodStart: number;
  readonly amount: Decimal;
  readonly spent: Decimal;
  readonly raisedAt: number;
}

export function thresholdAlert(situation: Situation & { readonly threshold: string }): NewAlert {
  return budgetAlert('budget.threshold.reached', situation.threshold, situation, situation.threshold);
}

/** The first refusal of a period. */
export function limitAlert(situation: Situation): NewAlert {
  return budgetAlert('budget.limit.reached', 'budget.limit.reached', situation, null);
}

/** A grant's holder was not heard of: what was left of it, `released`, is free again, though its calls may still be charged. */
export function grantExpiredAlert(
  situation: Situation & { readonly grantId: string; readonly holder: string; readonly released: Decimal },
): NewAlert {
  const { grantId, holder, released } = situation;
  const alert = budgetAlert('budget.grant.expired', `expired:${grantId}`, situation, null);
  return { ...alert, data: { ...alert.data, grantId, holder, released: released.toString() } };
}

function budgetAlert(
  type: EventType,
  mark: string,
  { budget, periodStart, amount, spent, raisedAt }: Situation,
  threshold: string | null,
): NewAlert {
  const data: BudgetData = {
    budgetId: budget.id,
    name: budget.name,
    scope: budget.scope,
    threshold: threshold === null ? null : Number(threshold),
    spent: spent.toString(),
    amount: amount.toString(),
    currency: budget.currency,
  };
  return {
    id: uuidv7(),
    organizationId: budget.organizationId,
    type,
    subject: periodKey(budget.id, periodStart),
    mark,
    budgetId: budget.id,
    name: budget.name,
    periodStart,
    threshold,
    spent: data.spent,
    amount: data.amount,
    currency: budget.currency,
    data: { ...data },
    raisedAt,
  };
}
