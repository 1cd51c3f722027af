import type { ChargePosted } from '@tollgate/contracts';
import type { ConsumerDatabase } from '@tollgate/platform/database';
import { addToAccruals, addToRecent, lockAccruals, noteApplied, shareOrganizations, type RecentSecond } from './accrual-statements';
import { accruingChargeOf, type AccruingCharge } from './accruing-charge';
import { accrualKeys, accrualName, sumBy } from './sum-charges';

/**
 * Adds charges to what will be invoiced, each once whatever happens (invariant 3), in one transaction of five statements. The accruals are locked before
 * the charges are noted, so that the note names the very generation, and so the very invoice line, that the amount goes to.
 * @returns how many were new.
 * @throws PoisonRecordError when a charge cannot be read; then none was applied.
 */
export async function accrueCharges(database: ConsumerDatabase, posted: readonly ChargePosted[]): Promise<number> {
  const charges = distinct(posted.map(accruingChargeOf));
  if (charges.length === 0) return 0;
  const organizationIds = [...new Set(charges.map(({ key }) => key.organizationId))];
  return database.transaction(async (tx) => {
    await shareOrganizations(tx, organizationIds);
    const accruals = await lockAccruals(tx, accrualKeys(charges));
    const accrualOf = ({ key }: AccruingCharge) => accruals.get(accrualName(key))!;
    const fresh = await noteApplied(
      tx,
      charges.map((charge) => [charge, accrualOf(charge)]),
    );
    const added = charges.filter(({ chargeId }) => fresh.has(chargeId));
    if (added.length === 0) return 0;
    await addToAccruals(
      tx,
      sumBy(added, (charge) => accrualOf(charge).id),
    );
    await addToRecent(
      tx,
      sumBy(added, secondName).map(([name, sums]) => [JSON.parse(name) as RecentSecond, sums]),
    );
    return added.length;
  });
}

function secondName({ key: { organizationId, period }, ratedSecond }: AccruingCharge): string {
  return JSON.stringify({ organizationId, period, ratedSecond } satisfies RecentSecond);
}

/** One a charge id, sorted by it; of several with one id the first stands. */
function distinct(charges: readonly AccruingCharge[]): AccruingCharge[] {
  const byId = new Map<string, AccruingCharge>();
  for (const charge of charges) if (!byId.has(charge.chargeId)) byId.set(charge.chargeId, charge);
  return [...byId.values()].sort((left, right) => (left.chargeId < right.chargeId ? -1 : 1));
}
