import { billingPeriod, localBucket, periodBounds } from '@tollgate/domain';

/** A half-open span of time in epoch milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** How finely spend is split over time. */
export type Granularity = 'total' | 'day' | 'hour';

/** A span of one rollup table. `label` is the bucket that its rows are shown under; null where each row's own bucket is. */
export interface Segment extends TimeRange {
  readonly table: 'hour' | 'day';
  readonly label: number | null;
}

/**
 * The span that is asked about: what is given, else the current month of the zone. A missing end is the end of the current month; a missing begin is the
 * begin of the month that the end closes.
 */
export function requestedRange(from: number | undefined, to: number | undefined, now: number, timeZone: string): TimeRange {
  const end = to ?? periodBounds(billingPeriod(now, timeZone), timeZone).end;
  return { from: from ?? periodBounds(billingPeriod(end - 1, timeZone), timeZone).start, to: end };
}

/** The span widened outward to whole local hours, which is what rollups know. */
export function widenToHours({ from, to }: TimeRange, timeZone: string): TimeRange {
  return { from: localBucket(from, timeZone, 'hour').start, to: localBucket(to - 1, timeZone, 'hour').end };
}

/**
 * Which rows of which rollup make up a span of whole hours: whole local days come from the days, so that a month of a busy organisation is some thirty
 * rows a dimension and not seven hundred; the cut days at either end come from their hours.
 */
export function segmentsOf({ from, to }: TimeRange, timeZone: string, granularity: Granularity): Segment[] {
  if (granularity === 'hour') return [{ table: 'hour', from, to, label: null }];
  const first = localBucket(from, timeZone, 'day');
  const last = localBucket(to - 1, timeZone, 'day');
  const segments: Segment[] = [];
  let daysFrom = from;
  let daysTo = to;
  if (from !== first.start || (first.start === last.start && to !== last.end)) {
    daysFrom = Math.min(first.end, to);
    segments.push({ table: 'hour', from, to: daysFrom, label: first.start });
  }
  if (to !== last.end && last.start >= daysFrom) {
    daysTo = last.start;
    segments.push({ table: 'hour', from: last.start, to, label: last.start });
  }
  if (daysFrom < daysTo) segments.push({ table: 'day', from: daysFrom, to: daysTo, label: null });
  return segments;
}
