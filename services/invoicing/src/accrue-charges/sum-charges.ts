import { Decimal } from '@tollgate/domain';
import type { AccrualKey, AccruingCharge } from './accruing-charge';

/** What charges add up to. */
export interface Sums {
  charges: number;
  requests: number;
  amount: Decimal;
  cost: Decimal;
  direct: Decimal;
}

/** Names the accrual of a charge; equal for equal keys. The currency is fixed by the organisation and no part of it. */
export function accrualName({ organizationId, period, provider, model, project }: AccrualKey): string {
  return JSON.stringify([organizationId, period, provider, model, project]);
}

/** The distinct accruals of charges, in the order in which every transaction locks them. */
export function accrualKeys(charges: readonly AccruingCharge[]): AccrualKey[] {
  const keys = new Map(charges.map(({ key }) => [accrualName(key), key]));
  return [...keys].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, key]) => key);
}

/** Sums by any name of a charge, in the order of the names. */
export function sumBy(charges: readonly AccruingCharge[], nameOf: (charge: AccruingCharge) => string): [name: string, sums: Sums][] {
  const byName = new Map<string, Sums>();
  for (const charge of charges) {
    const name = nameOf(charge);
    let sums = byName.get(name);
    if (!sums) byName.set(name, (sums = { charges: 0, requests: 0, amount: Decimal.ZERO, cost: Decimal.ZERO, direct: Decimal.ZERO }));
    sums.charges += 1;
    sums.requests += charge.requests;
    sums.amount = sums.amount.plus(charge.amount);
    sums.cost = sums.cost.plus(charge.cost);
    sums.direct = sums.direct.plus(charge.direct);
  }
  return [...byName].sort(([left], [right]) => (left < right ? -1 : 1));
}
