import { Decimal } from '@tollgate/domain';

/** The spending at which a threshold (percent) of an amount is reached; exact. */
export function thresholdLevel(amount: Decimal, threshold: string): Decimal {
  return amount.times(Decimal.parse(threshold)).shiftedRight(2);
}

/** The thresholds that a period's spending has reached, ascending as given. */
export function reachedThresholds(spent: Decimal, amount: Decimal, thresholds: readonly string[]): string[] {
  return thresholds.filter((threshold) => spent.compare(thresholdLevel(amount, threshold)) >= 0);
}

/** Spending in percent of the amount, to two digits; for people, never for rules. */
export function percentOf(spent: Decimal, amount: Decimal): string {
  return spent.times(Decimal.HUNDRED).dividedBy(amount, 2, 'half-up').toString();
}
