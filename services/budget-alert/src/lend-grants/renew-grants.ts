import { Decimal } from '@tollgate/domain';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import { periodKey } from '../budget/budget-span';
import type { Budget } from '../budget/budget';
import { budgetsById } from '../db/budget-rows';
import { notify, RETURNS_CHANNEL } from '../db/channels';
import { grantPeriods, readGrants, writeGrants, type GrantRow } from '../db/grant-rows';
import { lockPeriods, writePeriods, type PeriodRow } from '../db/period-rows';
import { headroom } from './allocate';

/** What a holder says of one of its grants. */
export interface Return {
  readonly grantId: string;
  /** Given back; zero only renews. */
  readonly amount: Decimal;
  /** The holder opens no more calls on it. */
  readonly final: boolean;
}

/** Renews the grants that their holder names, and takes back what it no longer needs. */
export class RenewGrants {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly clock: Clock,
  ) {}

  /** @returns the grants among them that no call may be opened on any more. */
  renew(returns: readonly Return[]): Promise<string[]> {
    if (returns.length === 0) return Promise.resolve([]);
    return this.database.transaction((tx) => this.#renew(tx, returns));
  }

  async #renew(tx: Sql, returns: readonly Return[]): Promise<string[]> {
    const ids = returns.map(({ grantId }) => grantId);
    const periods = await lockPeriods(tx, await grantPeriods(tx, ids));
    const grants = await readGrants(tx, ids);
    const budgets = await budgetsById(
      tx,
      [...grants.values()].map(({ budgetId }) => budgetId),
    );
    const nowMs = this.clock.now();
    const changed = new Map<string, GrantRow>();
    const stirred = new Set<string>();
    for (const given of returns) {
      const grant = changed.get(given.grantId) ?? grants.get(given.grantId);
      if (!grant || (grant.state !== 'open' && grant.state !== 'final')) continue;
      const key = periodKey(grant.budgetId, grant.periodStart);
      const period = periods.get(key)!;
      const amount = given.amount.compare(grant.remaining) < 0 ? given.amount : grant.remaining;
      periods.set(key, { ...period, held: period.held.minus(amount) });
      changed.set(grant.id, afterReturn(grant, given, amount, period.recallRound, nowMs));
      if (!amount.isZero() || grant.answeredRound < period.recallRound) stirred.add(grant.budgetId);
    }
    await writePeriods(tx, [...periods.values()]);
    await writeGrants(tx, [...changed.values()]);
    if (stirred.size > 0) await notify(tx, RETURNS_CHANNEL, [...stirred].join(' '));
    return ids.filter((id) => {
      const grant = changed.get(id) ?? grants.get(id);
      return !grant || isOver(grant, periods.get(periodKey(grant.budgetId, grant.periodStart))!, budgets.get(grant.budgetId), nowMs);
    });
  }
}

function afterReturn(grant: GrantRow, given: Return, amount: Decimal, round: bigint, nowMs: number): GrantRow {
  const remaining = grant.remaining.minus(amount);
  const final = given.final || grant.state === 'final';
  const state = !final ? 'open' : remaining.isZero() ? 'ended' : 'final';
  return { ...grant, remaining, state, renewedAt: nowMs, answeredRound: round };
}

/** Whether no call may be opened on the grant: it has ended, its period or budget has, or the period is past its limit (lowered, or spent elsewhere). */
function isOver(grant: GrantRow, period: PeriodRow, budget: Budget | undefined, nowMs: number): boolean {
  if (grant.state !== 'open' || !budget || budget.status !== 'active' || !budget.hardLimit) return true;
  if (period.end !== null && period.end <= nowMs) return true;
  return headroom({ limit: period.amount, spent: period.spent, held: period.held }).isNegative();
}
