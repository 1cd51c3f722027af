import { periodBounds } from '@tollgate/domain';
import type { Producer } from '../track-producers/read-producers';

/** Whether nothing can be added to a month by what was accepted in it. */
export interface MonthFinality {
  readonly final: boolean;
  /** Empty when final; else what it waits for. */
  readonly reason: string;
}

const HOUR_MS = 3_600_000;

/**
 * A month is final when its grace time is over and every producer's stream has arrived past the month's end, both in the organisation's zone.
 * @param now epoch milliseconds
 */
export function monthFinality(
  { period, timeZone, graceHours }: { period: string; timeZone: string; graceHours: number },
  producers: readonly Producer[],
  now: number,
): MonthFinality {
  const { end } = periodBounds(period, timeZone);
  const graceEnds = end + graceHours * HOUR_MS;
  if (now < end) return { final: false, reason: `The month ends at ${iso(end)}` };
  if (now < graceEnds) return { final: false, reason: `Late usage is waited for until ${iso(graceEnds)}` };
  const behind = producers.filter(({ completeUntil }) => completeUntil < end);
  if (behind.length === 0) return { final: true, reason: '' };
  return { final: false, reason: `Usage of the month may still be missing: ${behind.map(describe).join('; ')}` };
}

function describe({ id, completeUntil, gap }: Producer): string {
  const known = Number.isFinite(completeUntil) ? `has arrived until ${iso(completeUntil)}` : 'has not shown how far it has arrived';
  return `producer ${id} ${known}${gap ? ` (${gap})` : ''}`;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
