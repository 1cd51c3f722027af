import { Decimal, scopeMatches, type ScopeFacts } from '@tollgate/domain';
import type { Budget } from '../budget/budget';
import { budgetSpan, periodKey, type BudgetSpan } from '../budget/budget-span';
import { factsId } from '../budget/facts';
import type { CountedCharge } from './read-charge';

/** Sums of charges. */
export interface Totals {
  charges: number;
  requests: number;
  amount: Decimal;
  cost: Decimal;
  direct: Decimal;
}

/** What charges add to one meter. */
export interface MeterChange extends Totals {
  readonly organizationId: string;
  readonly day: string;
  readonly factsId: string;
  readonly facts: ScopeFacts;
}

/** What charges add to one second of the recent totals. */
export interface RecentChange extends Totals {
  readonly organizationId: string;
  readonly period: string;
  readonly ratedSecond: number;
}

/** What charges add to one period of a budget. */
export interface SpendingChange {
  readonly budget: Budget;
  readonly span: BudgetSpan;
  spent: Decimal;
}

/** The effects of a batch of charges, each list sorted by its key, so that batches that run at once lock in one order. */
export interface FoldedCharges {
  readonly meters: MeterChange[];
  readonly recent: RecentChange[];
  readonly spending: SpendingChange[];
  /** By grant id: what it lets go of. */
  readonly releases: ReadonlyMap<string, Decimal>;
}

/** Sums charges into what they change. `budgets` are the active ones of all their organisations; budgets hold amount + direct. */
export function foldCharges(charges: readonly CountedCharge[], budgets: readonly Budget[]): FoldedCharges {
  const meters = new Map<string, MeterChange>();
  const recent = new Map<string, RecentChange>();
  const releases = new Map<string, Decimal>();
  const instants = new Map<string, number>();
  for (const charge of charges) {
    const { organizationId, day, facts, period, ratedSecond } = charge;
    const id = factsId(facts);
    const meterKey = `${organizationId}|${day}|${id}`;
    let meter = meters.get(meterKey);
    if (!meter) {
      meters.set(meterKey, (meter = { organizationId, day, factsId: id, facts, ...nothing() }));
      // A day lies wholly in one period of any budget, so any of its instants finds that period.
      instants.set(meterKey, charge.occurredAt);
    }
    add(meter, charge);
    const recentKey = `${organizationId}|${period}|${ratedSecond}`;
    let second = recent.get(recentKey);
    if (!second) recent.set(recentKey, (second = { organizationId, period, ratedSecond, ...nothing() }));
    add(second, charge);
    for (const { grantId, held } of charge.releases) releases.set(grantId, (releases.get(grantId) ?? Decimal.ZERO).plus(held));
  }
  return { meters: sorted(meters), recent: sorted(recent), spending: spendingOf(meters, instants, budgets), releases };
}

function spendingOf(
  meters: ReadonlyMap<string, MeterChange>,
  instants: ReadonlyMap<string, number>,
  budgets: readonly Budget[],
): SpendingChange[] {
  const spending = new Map<string, SpendingChange>();
  for (const [meterKey, { organizationId, facts, amount, direct }] of meters) {
    for (const budget of budgets) {
      if (budget.organizationId !== organizationId || !scopeMatches(budget.scope, facts)) continue;
      const span = budgetSpan(instants.get(meterKey)!, budget.timeZone, budget.period);
      const key = periodKey(budget.id, span.start);
      let change = spending.get(key);
      if (!change) spending.set(key, (change = { budget, span, spent: Decimal.ZERO }));
      change.spent = change.spent.plus(amount).plus(direct);
    }
  }
  return sorted(spending);
}

function nothing(): Totals {
  return { charges: 0, requests: 0, amount: Decimal.ZERO, cost: Decimal.ZERO, direct: Decimal.ZERO };
}

function add(totals: Totals, charge: CountedCharge): void {
  totals.charges += 1;
  totals.requests += charge.requests;
  totals.amount = totals.amount.plus(charge.amount);
  totals.cost = totals.cost.plus(charge.cost);
  totals.direct = totals.direct.plus(charge.direct);
}

function sorted<T>(byKey: ReadonlyMap<string, T>): T[] {
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}
