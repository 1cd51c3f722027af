import { localBucket, type Bucket } from './local-bucket';
import { CalendarError, offsetAt, startOfLocalDate } from './time-zone';

const PERIOD = /^([0-9]{4})-(0[1-9]|1[0-2])$/;

/** Whether the text is a billing month such as `2026-10`. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text);
}

/** The billing month of that instant in the organisation's time zone, such as `2026-10`. */
export function billingPeriod(epochMs: number, timeZone: string): string {
  return localDate(epochMs, timeZone).slice(0, 7);
}

/** A billing month's bounds in that time zone. Throws CalendarError for a period or zone that is not one. */
export function periodBounds(period: string, timeZone: string): Bucket {
  const { year, month } = parsePeriod(period);
  return { start: startOfLocalDate(Date.UTC(year, month - 1, 1), timeZone), end: startOfLocalDate(Date.UTC(year, month, 1), timeZone) };
}

/** The month before or after by `months`: shiftPeriod('2026-01', -1) is `2025-12`. */
export function shiftPeriod(period: string, months: number): string {
  const { year, month } = parsePeriod(period);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The local date `YYYY-MM-DD` of an instant. */
export function localDate(epochMs: number, timeZone: string): string {
  if (!Number.isFinite(epochMs)) throw new CalendarError(`Not a time: ${epochMs}`);
  return new Date(epochMs + offsetAt(epochMs, timeZone)).toISOString().slice(0, 10);
}

/** The UTC date `YYYY-MM-DD` of an instant: what FX rates are looked up by. */
export function utcDate(epochMs: number): string {
  return localDate(epochMs, 'UTC');
}

/** A budget's current span: a calendar bucket, or everything for `total`. */
export function budgetWindow(epochMs: number, timeZone: string, period: 'day' | 'week' | 'month' | 'quarter' | 'total'): Bucket {
  return period === 'total' ? { start: 0, end: Number.POSITIVE_INFINITY } : localBucket(epochMs, timeZone, period);
}

function parsePeriod(period: string): { year: number; month: number } {
  const match = PERIOD.exec(period);
  if (!match) throw new CalendarError(`Not a billing month (YYYY-MM): ${period}`);
  return { year: Number(match[1]), month: Number(match[2]) };
}
