import { CalendarError, firstAfterChange, offsetAt, startOfLocalDate } from './time-zone';

/** A span of an organisation's own calendar. Weeks begin on Monday. */
export type BucketUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter';

/** Half-open, in epoch milliseconds. */
export interface Bucket {
  readonly start: number;
  readonly end: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SLOT_MS = HOUR_MS / 4;
const MAX_CACHED_BUCKETS = 50_000;

const cache = new Map<string, Map<number, Bucket>>();

/**
 * The hour, day, week, month or quarter of that zone which holds the instant. The buckets of one unit follow each other without gap or overlap, also across
 * clock changes: such a day has 23 or 25 hours. Throws CalendarError for an unknown zone or a time that is not one.
 */
export function localBucket(epochMs: number, timeZone: string, unit: BucketUnit): Bucket {
  if (!Number.isFinite(epochMs)) throw new CalendarError(`Not a time: ${epochMs}`);
  const key = `${timeZone} ${unit}`;
  let buckets = cache.get(key);
  if (!buckets) cache.set(key, (buckets = new Map()));
  const slot = Math.floor(epochMs / SLOT_MS);
  const known = buckets.get(slot);
  if (known && epochMs >= known.start && epochMs < known.end) return known;
  const bucket = unit === 'hour' ? hourOf(epochMs, timeZone) : datesOf(epochMs, timeZone, unit);
  if (buckets.size >= MAX_CACHED_BUCKETS) buckets.clear();
  buckets.set(slot, bucket);
  return bucket;
}

function hourOf(epochMs: number, timeZone: string): Bucket {
  const offset = offsetAt(epochMs, timeZone);
  let start = Math.floor((epochMs + offset) / HOUR_MS) * HOUR_MS - offset;
  let end = start + HOUR_MS;
  // A zone that changes by half an hour cuts one local hour short.
  if (offsetAt(start, timeZone) !== offset) start = firstAfterChange(start, epochMs, timeZone);
  if (offsetAt(end - 1, timeZone) !== offset) end = firstAfterChange(epochMs, end - 1, timeZone);
  return { start, end };
}

function datesOf(epochMs: number, timeZone: string, unit: Exclude<BucketUnit, 'hour'>): Bucket {
  const local = new Date(epochMs + offsetAt(epochMs, timeZone));
  const [startLocal, endLocal] = localBounds(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), local.getUTCDay(), unit);
  return { start: startOfLocalDate(startLocal, timeZone), end: startOfLocalDate(endLocal, timeZone) };
}

function localBounds(year: number, month: number, day: number, weekday: number, unit: Exclude<BucketUnit, 'hour'>): [number, number] {
  switch (unit) {
    case 'day': {
      const start = Date.UTC(year, month, day);
      return [start, start + DAY_MS];
    }
    case 'week': {
      const start = Date.UTC(year, month, day - ((weekday + 6) % 7));
      return [start, start + 7 * DAY_MS];
    }
    case 'month':
      return [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
    case 'quarter': {
      const first = month - (month % 3);
      return [Date.UTC(year, first, 1), Date.UTC(year, first + 3, 1)];
    }
  }
}
