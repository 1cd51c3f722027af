import { crossedThresholds, Decimal } from '@tollgate/domain';
import type { ChargePosted } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import { periodKey } from '../budget/budget-span';
import { activeBudgets } from '../db/budget-rows';
import { grantPeriods, readGrants, writeGrants, type GrantRow } from '../db/grant-rows';
import { shareOrganizations } from '../db/organization-lock';
import { ensurePeriods, lockPeriods, rememberPeriods, writePeriods, type PeriodRow } from '../db/period-rows';
import { thresholdAlert, type NewAlert } from '../raise-alerts/new-alert';
import { raiseAlerts, type Raised } from '../raise-alerts/raise-alerts';
import { foldCharges, type FoldedCharges, type SpendingChange } from './fold-charges';
import { takeNewCharges } from './new-charges';
import { readCharge } from './read-charge';
import { upsertMeters } from './upsert-meters';
import { upsertRecentTotals } from './upsert-recent-totals';

/** Counts charges: meters, budgets, what they let go of grants, and the thresholds that they cross, in one transaction. */
export class ApplyCharges {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts those that were not counted before; a repetition changes nothing.
   * @returns what was raised.
   * @throws PoisonRecordError for a charge that can never be counted; nothing of the batch stays.
   */
  async apply(batch: readonly ChargePosted[]): Promise<Raised> {
    const charges = batch.map(readCharge);
    const made: SpendingChange[] = [];
    const raised = await this.database.transaction(async (tx) => {
      const organizationIds = charges.map(({ organizationId }) => organizationId);
      await shareOrganizations(tx, organizationIds);
      const fresh = await takeNewCharges(tx, charges);
      if (fresh.length === 0) return { alerts: 0, deliveries: 0 };
      const budgets = await activeBudgets(tx, [...new Set(organizationIds)]);
      const folded = foldCharges(fresh, budgets);
      await upsertMeters(tx, folded.meters);
      await upsertRecentTotals(tx, folded.recent);
      made.push(...folded.spending);
      const alerts = await this.#spend(tx, folded);
      const charged = fresh.filter(({ releases }) => releases.length > 0).map(({ eventId }) => eventId);
      if (charged.length > 0) await tx.query('DELETE FROM parked_holds WHERE event_id = ANY($1::uuid[])', [charged]);
      return raiseAlerts(tx, alerts);
    });
    rememberPeriods(made);
    return raised;
  }

  async #spend(tx: Sql, { spending, releases }: FoldedCharges): Promise<NewAlert[]> {
    await ensurePeriods(tx, spending);
    const periods = await lockPeriods(tx, [
      ...spending.map(({ budget, span }) => ({ budgetId: budget.id, start: span.start })),
      ...(await grantPeriods(tx, releases.keys())),
    ]);
    const released = await release(tx, releases);
    const spentBy = new Map(spending.map((change) => [periodKey(change.budget.id, change.span.start), change]));
    const changes = [...periods].map(([key, row]) => ({
      ...row,
      spent: row.spent.plus(spentBy.get(key)?.spent ?? Decimal.ZERO),
      held: row.held.minus(released.get(key) ?? Decimal.ZERO),
    }));
    await writePeriods(tx, changes);
    return spending.flatMap((change) => this.#crossed(change, periods.get(periodKey(change.budget.id, change.span.start))!));
  }

  /** A period that was over before the budget existed is history: counted, but not told of. */
  #crossed({ budget, span, spent }: SpendingChange, before: PeriodRow): NewAlert[] {
    if (span.end !== null && span.end <= budget.createdAt) return [];
    const after = before.spent.plus(spent);
    return crossedThresholds(before.spent, after, before.amount, budget.thresholds).map((threshold) =>
      thresholdAlert({ budget, periodStart: span.start, amount: before.amount, spent: after, threshold, raisedAt: this.clock.now() }),
    );
  }
}

/** Takes what ended calls held out of their grants; answers the sum by period. A grant that has expired may have less left than was held. */
async function release(tx: Sql, releases: ReadonlyMap<string, Decimal>): Promise<Map<string, Decimal>> {
  const released = new Map<string, Decimal>();
  const changed: GrantRow[] = [];
  for (const grant of (await readGrants(tx, releases.keys())).values()) {
    const held = releases.get(grant.id)!;
    const taken = held.compare(grant.remaining) < 0 ? held : grant.remaining;
    if (taken.isZero()) continue;
    const remaining = grant.remaining.minus(taken);
    const over = remaining.isZero() && grant.state === 'final';
    changed.push({ ...grant, remaining, state: over ? 'ended' : grant.state });
    const key = periodKey(grant.budgetId, grant.periodStart);
    released.set(key, (released.get(key) ?? Decimal.ZERO).plus(taken));
  }
  await writeGrants(tx, changed);
  return released;
}
