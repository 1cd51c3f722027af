const AHEAD_MS = 5 * 60_000;
const MONTHS_BACK = 13;
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Why an event's time cannot be right. */
export class TimeError extends Error {}

/** Reads an RFC 3339 time to the millisecond. @throws TimeError for anything else, and for a date that no calendar has. */
export function parseTime(text: unknown): number {
  const match = typeof text === 'string' && text.length <= 40 ? RFC_3339.exec(text) : null;
  if (!match) throw new TimeError('time is not an RFC 3339 time such as 2026-10-01T12:00:00Z');
  const time = Date.parse((text as string).replace(' ', 'T').toUpperCase());
  // Date.parse takes the 30th of February for the 2nd of March.
  const lastDay = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  if (Number.isNaN(time) || Number(match[3]) > lastDay) throw new TimeError('time is not a time that exists');
  return time;
}

/** The times that an event may have: 13 months back and 5 minutes ahead. */
export class TimeWindow {
  private readonly earliest: number;
  private readonly latest: number;

  constructor(now: number) {
    const back = new Date(now);
    const day = back.getUTCDate();
    back.setUTCMonth(back.getUTCMonth() - MONTHS_BACK);
    // Thirteen months before the 31st is the last of a shorter month.
    if (back.getUTCDate() !== day) back.setUTCDate(0);
    this.earliest = back.getTime();
    this.latest = now + AHEAD_MS;
  }

  /** @throws TimeError. */
  check(time: number): void {
    if (time < this.earliest) throw new TimeError(`time lies more than ${MONTHS_BACK} months back`);
    if (time > this.latest) throw new TimeError('time lies more than 5 minutes ahead');
  }
}
