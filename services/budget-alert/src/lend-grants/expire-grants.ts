import { Decimal } from '@tollgate/domain';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import { createLogger } from '@tollgate/platform/observability';
import { periodKey } from '../budget/budget-span';
import { budgetsById } from '../db/budget-rows';
import { notify, RETURNS_CHANNEL } from '../db/channels';
import { grantPeriods, readGrants, writeGrants, type GrantRow } from '../db/grant-rows';
import { lockPeriods, writePeriods, type PeriodRow } from '../db/period-rows';
import { grantExpiredAlert } from '../raise-alerts/new-alert';
import { raiseAlerts } from '../raise-alerts/raise-alerts';

/** A holder that was not heard of for so long is dead, and its spool has not been replayed. */
const DEAD_AFTER_MS = 15 * 60_000;
/** What a holder has left to its charges waits longer for them: pricing may be down. */
const UNCHARGED_AFTER_MS = 24 * 60 * 60_000;
const MAX_AT_ONCE = 200;

interface Expired {
  readonly grant: GrantRow;
  readonly released: Decimal;
}

/**
 * Frees what dead holders held, less what parked usage holds, and reports it: calls of theirs that are charged later count and may pass the limit, by
 * no more than was freed here.
 */
export class ExpireGrants {
  readonly #logger = createLogger('expire-grants');

  constructor(
    private readonly database: ConsumerDatabase,
    private readonly clock: Clock,
  ) {}

  /** @returns how many grants expired. */
  async expire(): Promise<number> {
    const nowMs = this.clock.now();
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT id FROM grants WHERE (state = 'open' AND renewed_at < $1) OR (state = 'final' AND renewed_at < $2) ORDER BY renewed_at LIMIT $3`,
      [new Date(nowMs - DEAD_AFTER_MS), new Date(nowMs - UNCHARGED_AFTER_MS), MAX_AT_ONCE],
    );
    if (rows.length === 0) return 0;
    const expired = await this.database.transaction((tx) => this.#expire(tx, rows.map(({ id }) => id), nowMs)); // prettier-ignore
    for (const { grant, released } of expired) {
      const { id, budgetId, organizationId, holder } = grant;
      this.#logger.warn(
        { grantId: id, budgetId, organizationId, holder, released: released.toString() },
        'a grant was not renewed and has expired',
      );
    }
    return expired.length;
  }

  async #expire(tx: Sql, ids: readonly string[], nowMs: number): Promise<Expired[]> {
    const periods = await lockPeriods(tx, await grantPeriods(tx, ids));
    const grants = [...(await readGrants(tx, ids)).values()].filter((grant) => isDead(grant, nowMs));
    const parked = await parkedHolds(tx, grants.map(({ id }) => id)); // prettier-ignore
    const expired = grants.map((grant) => {
      const free = grant.remaining.minus(parked.get(grant.id) ?? Decimal.ZERO);
      return { grant, released: free.isNegative() ? Decimal.ZERO : free };
    });
    for (const { grant, released } of expired) {
      const key = periodKey(grant.budgetId, grant.periodStart);
      const period = periods.get(key)!;
      periods.set(key, { ...period, held: period.held.minus(released) });
    }
    await writePeriods(tx, [...periods.values()]);
    await writeGrants(
      tx,
      expired.map(({ grant, released }) => ({ ...grant, remaining: grant.remaining.minus(released), state: 'expired' as const })),
    );
    const freed = expired.filter(({ released }) => !released.isZero());
    if (freed.length > 0) await notify(tx, RETURNS_CHANNEL, [...new Set(freed.map(({ grant }) => grant.budgetId))].join(' '));
    await this.#report(tx, freed, periods, nowMs);
    return expired;
  }

  /** Of periods that still run; what is freed of a past one is of no use to anybody. */
  async #report(tx: Sql, freed: readonly Expired[], periods: ReadonlyMap<string, PeriodRow>, nowMs: number): Promise<void> {
    const budgets = await budgetsById(
      tx,
      freed.map(({ grant }) => grant.budgetId),
    );
    await raiseAlerts(
      tx,
      freed.flatMap(({ grant, released }) => {
        const budget = budgets.get(grant.budgetId)!;
        const { amount, spent, end } = periods.get(periodKey(grant.budgetId, grant.periodStart))!;
        if (end !== null && end <= nowMs) return [];
        const situation = { budget, periodStart: grant.periodStart, amount, spent, raisedAt: nowMs };
        return [grantExpiredAlert({ ...situation, grantId: grant.id, holder: grant.holder, released })];
      }),
    );
  }
}

function isDead({ state, renewedAt }: GrantRow, nowMs: number): boolean {
  if (state === 'open') return renewedAt < nowMs - DEAD_AFTER_MS;
  return state === 'final' && renewedAt < nowMs - UNCHARGED_AFTER_MS;
}

async function parkedHolds(tx: Sql, grantIds: readonly string[]): Promise<Map<string, Decimal>> {
  const { rows } = await tx.query<{ grant_id: string; held: string }>(
    'SELECT grant_id, sum(held) AS held FROM parked_holds WHERE grant_id = ANY($1::uuid[]) GROUP BY grant_id',
    [grantIds],
  );
  return new Map(rows.map((row) => [row.grant_id, Decimal.parse(row.held)]));
}
