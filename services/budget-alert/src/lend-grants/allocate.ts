import { Decimal } from '@tollgate/domain';

/** What a period has, all in the budget's currency. */
export interface PeriodFunds {
  readonly limit: Decimal;
  readonly spent: Decimal;
  /** What is left of all grants. */
  readonly held: Decimal;
}

/** Beyond what a call needs, a grant takes at most this part of what is then free, so that grants shrink near the limit. */
const SHARE_OF_FREE = Decimal.from(8n);
/** Digits of what is added beyond need, so that amounts stay short. */
const EXTRA_SCALE = 6;

/** What could still be granted; negative when corrections or usage from elsewhere have passed the limit. */
export function headroom({ limit, spent, held }: PeriodFunds): Decimal {
  return limit.minus(spent).minus(held);
}

/**
 * How much of the limit a request gets: what it needs, and up to what it wants an eighth of what is then free. Null when not even the need fits. Spent
 * plus held plus the answer is never more than the limit.
 */
export function allocate(funds: PeriodFunds, needed: Decimal, wanted: Decimal): Decimal | null {
  const free = headroom(funds).minus(needed);
  if (free.isNegative()) return null;
  const share = free.dividedBy(SHARE_OF_FREE, EXTRA_SCALE, 'down');
  const more = wanted.minus(needed);
  if (more.isNegative()) return needed;
  return needed.plus(more.compare(share) < 0 ? more : share);
}

/** What a refused request could hope for if every idle part at other holders came back. */
export type Outlook = 'call-back' | 'hopeless';

/** Calling back is of use when what the others have left would make room for the need. */
export function outlookOf(funds: PeriodFunds, needed: Decimal, leftAtOthers: Decimal): Outlook {
  return headroom(funds).plus(leftAtOthers).compare(needed) >= 0 && !leftAtOthers.isZero() ? 'call-back' : 'hopeless';
}
