import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPeriod, budgetWindow, isPeriod, localDate, periodBounds, shiftPeriod, utcDate } from './billing-period';
import { localBucket, type BucketUnit } from './local-bucket';
import { CalendarError, isTimeZone } from './time-zone';

const at = (text: string): number => Date.parse(text);
const span = (time: string, zone: string, unit: BucketUnit): string[] => {
  const { start, end } = localBucket(at(time), zone, unit);
  return [new Date(start).toISOString(), new Date(end).toISOString()];
};

describe('local buckets', () => {
  it('begin and end at local midnight', () => {
    expect(span('2026-10-15T22:30:00Z', 'Europe/Berlin', 'day')).toEqual(['2026-10-15T22:00:00.000Z', '2026-10-16T22:00:00.000Z']);
    expect(span('2026-10-15T10:00:00Z', 'America/New_York', 'day')).toEqual(['2026-10-15T04:00:00.000Z', '2026-10-16T04:00:00.000Z']);
    expect(span('2026-10-15T10:00:00Z', 'UTC', 'day')).toEqual(['2026-10-15T00:00:00.000Z', '2026-10-16T00:00:00.000Z']);
  });

  it('give the day of a clock change 25 or 23 hours', () => {
    expect(span('2026-10-25T12:00:00Z', 'Europe/Berlin', 'day')).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
    expect(span('2026-03-29T12:00:00Z', 'Europe/Berlin', 'day')).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  });

  it('keep the repeated hour two hours', () => {
    expect(span('2026-10-25T00:30:00Z', 'Europe/Berlin', 'hour')).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z']);
    expect(span('2026-10-25T01:30:00Z', 'Europe/Berlin', 'hour')).toEqual(['2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000Z']);
  });

  it('begin at the half hour where the zone does', () => {
    expect(span('2026-10-15T10:00:00Z', 'Asia/Kolkata', 'hour')).toEqual(['2026-10-15T09:30:00.000Z', '2026-10-15T10:30:00.000Z']);
    expect(span('2026-10-15T10:00:00Z', 'Asia/Kathmandu', 'hour')).toEqual(['2026-10-15T09:15:00.000Z', '2026-10-15T10:15:00.000Z']);
  });

  it('start a day at the clock change where midnight does not exist', () => {
    // Beirut goes from 00:00 to 01:00 on 2026-03-29, at 22:00 UTC.
    expect(span('2026-03-29T12:00:00Z', 'Asia/Beirut', 'day')).toEqual(['2026-03-28T22:00:00.000Z', '2026-03-29T21:00:00.000Z']);
  });

  it('count weeks from Monday, and months and quarters by the calendar', () => {
    // 2026-10-18 is a Sunday.
    expect(span('2026-10-18T12:00:00Z', 'UTC', 'week')).toEqual(['2026-10-12T00:00:00.000Z', '2026-10-19T00:00:00.000Z']);
    expect(span('2026-10-19T00:00:00Z', 'UTC', 'week')[0]).toBe('2026-10-19T00:00:00.000Z');
    expect(span('2026-02-28T23:59:59Z', 'UTC', 'month')).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']);
    expect(span('2026-12-31T23:00:00Z', 'Europe/Berlin', 'quarter')).toEqual(['2026-12-31T23:00:00.000Z', '2027-03-31T22:00:00.000Z']);
  });

  it('cover all time without gap or overlap, in every zone', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Africa/Casablanca',
      'Asia/Beirut',
      'America/St_Johns',
    );
    const time = fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zone, time, fc.constantFrom<BucketUnit>('hour', 'day', 'week', 'month', 'quarter'), (timeZone, epochMs, unit) => {
        const bucket = localBucket(epochMs, timeZone, unit);
        expect(bucket.start <= epochMs && epochMs < bucket.end).toBe(true);
        expect(localBucket(bucket.start, timeZone, unit)).toEqual(bucket);
        expect(localBucket(bucket.end - 1, timeZone, unit)).toEqual(bucket);
        expect(localBucket(bucket.end, timeZone, unit).start).toBe(bucket.end);
        expect(localBucket(bucket.start - 1, timeZone, unit).end).toBe(bucket.start);
      }),
      { numRuns: 2000 },
    );
  });

  it('stay right around the changes of a zone that moves by half an hour', () => {
    // Lord Howe: +11 becomes +10:30 at 2026-04-04T15:00Z: the local hour from 01:30 to 02:00 comes twice.
    for (let time = at('2026-04-04T12:00:00Z'); time < at('2026-04-04T18:00:00Z'); time += 60_000) {
      const bucket = localBucket(time, 'Australia/Lord_Howe', 'hour');
      expect(bucket.start <= time && time < bucket.end).toBe(true);
      expect(localBucket(bucket.end, 'Australia/Lord_Howe', 'hour').start).toBe(bucket.end);
    }
  });

  it('refuse zones and times that are none', () => {
    expect(() => localBucket(0, 'Mars/Olympus', 'day')).toThrow(CalendarError);
    expect(() => localBucket(Number.NaN, 'UTC', 'day')).toThrow(CalendarError);
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Berlin')).toBe(false);
  });
});

describe('billing months', () => {
  it("follow the organisation's own clock", () => {
    expect(billingPeriod(at('2026-10-31T22:59:59Z'), 'Europe/Berlin')).toBe('2026-10');
    expect(billingPeriod(at('2026-10-31T23:00:00Z'), 'Europe/Berlin')).toBe('2026-11');
    expect(billingPeriod(at('2026-11-01T03:59:59Z'), 'America/New_York')).toBe('2026-10');
    expect(localDate(at('2026-10-31T23:00:00Z'), 'Europe/Berlin')).toBe('2026-11-01');
    expect(utcDate(at('2026-10-31T23:00:00Z'))).toBe('2026-10-31');
  });

  it('have bounds that meet', () => {
    expect(periodBounds('2026-10', 'Europe/Berlin')).toEqual({ start: at('2026-09-30T22:00:00Z'), end: at('2026-10-31T23:00:00Z') });
    expect(periodBounds('2026-12', 'UTC').end).toBe(periodBounds('2027-01', 'UTC').start);
  });

  it('shift across years', () => {
    expect(shiftPeriod('2026-01', -1)).toBe('2025-12');
    expect(shiftPeriod('2026-11', 14)).toBe('2028-01');
  });

  it.each(['2026-13', '2026-00', '2026-1', '202610', '', '2026-10-01'])('refuse %j', (text) => {
    expect(isPeriod(text)).toBe(false);
    expect(() => periodBounds(text, 'UTC')).toThrow(CalendarError);
  });
});

it('a budget for good has one window that never ends', () => {
  expect(budgetWindow(at('2026-10-15T10:00:00Z'), 'UTC', 'total')).toEqual({ start: 0, end: Number.POSITIVE_INFINITY });
  expect(budgetWindow(at('2026-10-15T10:00:00Z'), 'UTC', 'month')).toEqual(periodBounds('2026-10', 'UTC'));
});
