/** The time zone or period is not one. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

const MINUTE_MS = 60_000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;
const MAX_CACHED_SLOTS = 50_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset by quarter-hour slot: today's zones change their offset on quarter hours only. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    throw new CalendarError(`Not an IANA time zone: ${timeZone}`);
  }
  const zone = { format, offsets: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

/** Whether `name` is an IANA time zone that the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that local time is ahead of UTC at that instant. Throws CalendarError for an unknown zone. */
export function offsetAt(epochMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const zone = zoneOf(timeZone);
  const slot = Math.floor(epochMs / QUARTER_HOUR_MS);
  const known = zone.offsets.get(slot);
  if (known !== undefined) return known;
  const instant = slot * QUARTER_HOUR_MS;
  const parts: Record<string, number> = {};
  let beforeChrist = false;
  for (const { type, value } of zone.format.formatToParts(instant)) {
    if (type === 'era') beforeChrist = value.startsWith('B');
    else parts[type] = Number(value);
  }
  if (beforeChrist) throw new CalendarError('Times before the year 1 have no local bucket');
  const local = Date.UTC(parts['year']!, parts['month']! - 1, parts['day']!, parts['hour']!, parts['minute']!, parts['second']!);
  const offset = local - instant;
  if (zone.offsets.size >= MAX_CACHED_SLOTS) zone.offsets.clear();
  zone.offsets.set(slot, offset);
  return offset;
}

/**
 * The first instant whose local time is at or past the given local midnight. When a clock change skips midnight, that is the change itself; when it repeats
 * midnight, the first of the two.
 * @param localMidnightMs the local date's midnight, read as if it were UTC
 */
export function startOfLocalDate(localMidnightMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return localMidnightMs;
  const before = offsetAt(localMidnightMs - 24 * 60 * MINUTE_MS, timeZone);
  const after = offsetAt(localMidnightMs + 24 * 60 * MINUTE_MS, timeZone);
  const candidates = [localMidnightMs - Math.max(before, after), localMidnightMs - Math.min(before, after)];
  for (const candidate of candidates) if (candidate + offsetAt(candidate, timeZone) === localMidnightMs) return candidate;
  return firstAfterChange(candidates[0]!, candidates[1]!, timeZone);
}

/** The first instant in (early, late] that has late's offset; the two must lie on either side of one clock change. */
export function firstAfterChange(early: number, late: number, timeZone: string): number {
  const target = offsetAt(late, timeZone);
  let low = Math.floor(early / QUARTER_HOUR_MS);
  let high = Math.floor(late / QUARTER_HOUR_MS);
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (offsetAt(middle * QUARTER_HOUR_MS, timeZone) === target) high = middle;
    else low = middle;
  }
  return high * QUARTER_HOUR_MS;
}
