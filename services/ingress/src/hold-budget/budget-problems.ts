import type { AcquireResponse, Budget } from '@tollgate/contracts';
import { Problem } from '@tollgate/platform/http';

/** A hard limit has no room for the call. `resting` is true when calls under way hold what it would need, so that it may pass in a moment. */
export const budgetExceeded = (budget: Budget, answer: AcquireResponse, needed: string, resting: boolean) =>
  new Problem({
    status: 402,
    code: 'budget_exceeded',
    title: 'The budget is used up',
    detail: `The budget ${JSON.stringify(budget.name)} has a hard limit of ${answer.limit} ${budget.currency}; ${answer.spent} is spent and ${answer.held} held by calls under way. This call needs up to ${needed}.`,
    fix: resting
      ? 'Try again when calls under way have ended, ask for less output, or raise the budget.'
      : `Raise the budget${answer.resetsAt === '' ? '' : `, or wait until it resets at ${answer.resetsAt}`}.`,
    budgetId: budget.id,
    budgetName: budget.name,
    limit: answer.limit,
    spent: answer.spent,
    held: answer.held,
    needed,
    currency: budget.currency,
    resetsAt: answer.resetsAt === '' ? null : answer.resetsAt,
    reason: resting ? 'in_flight_budget_exhausted' : 'limit_reached',
    ...(resting ? { retryAfterSeconds: 1 } : {}),
  });

/** Nobody can say whether there is room: a hard limit is hard, so the call has to wait. */
export const budgetUnknown = (budget: Budget) =>
  new Problem({
    status: 503,
    code: 'budget_unavailable',
    title: 'The budget cannot be asked',
    detail: `The call is under the hard limit of the budget ${JSON.stringify(budget.name)}, and the service that keeps it does not answer.`,
    fix: 'Try again in 2 seconds.',
    budgetId: budget.id,
    retryAfterSeconds: 2,
  });

/** Under a hard limit only calls with an upper bound may pass. */
export const unboundedCall = (why: string, param: string, fix: string) =>
  new Problem({
    status: 400,
    code: 'call_unbounded',
    title: 'The call has no upper bound',
    detail: `The call is under a hard limit, and what it may cost has no upper bound. ${why}`,
    fix,
    param,
  });
