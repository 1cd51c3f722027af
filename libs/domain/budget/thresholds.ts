import { Decimal } from '../money/decimal';

/**
 * The thresholds (percent of the budget's amount) that spending crosses when it goes from `before` to `after`, in ascending order: those not reached
 * before and reached now. A threshold is reached at exactly its percentage. Spending that falls crosses nothing; what re-crosses is for the caller to
 * remember.
 */
export function crossedThresholds(before: Decimal, after: Decimal, amount: Decimal, thresholds: readonly string[]): string[] {
  return thresholds
    .map((text) => ({ text, level: amount.times(Decimal.parse(text)).shiftedRight(2) }))
    .filter(({ level }) => before.compare(level) < 0 && after.compare(level) >= 0)
    .sort((left, right) => left.level.compare(right.level))
    .map(({ text }) => text);
}
