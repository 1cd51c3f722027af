import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestedRange, segmentsOf, widenToHours } from './time-range';

const utc = (text: string) => Date.parse(text);
const shown = (range: { from: number; to: number }) => [new Date(range.from).toISOString(), new Date(range.to).toISOString()];

describe('the span that is asked about', () => {
  const now = utc('2026-10-15T12:00:00Z');
  it('is the current month of the zone by default', () => {
    // Berlin: October begins in summer time (UTC+2) and ends in winter time (UTC+1).
    expect(shown(requestedRange(undefined, undefined, now, 'Europe/Berlin'))).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
    ]);
  });
  it('begins with the month that a given end closes', () => {
    expect(shown(requestedRange(undefined, utc('2026-09-01T00:00:00Z'), now, 'UTC'))).toEqual([
      '2026-08-01T00:00:00.000Z',
      '2026-09-01T00:00:00.000Z',
    ]);
  });
  it('widens outward to the hours of the zone', () => {
    expect(shown(widenToHours({ from: utc('2026-10-01T10:15:00Z'), to: utc('2026-10-01T12:00:00.001Z') }, 'UTC'))).toEqual([
      '2026-10-01T10:00:00.000Z',
      '2026-10-01T13:00:00.000Z',
    ]);
    expect(shown(widenToHours({ from: utc('2026-10-01T10:15:00Z'), to: utc('2026-10-01T12:00:00Z') }, 'Asia/Kolkata'))).toEqual([
      '2026-10-01T09:30:00.000Z',
      '2026-10-01T12:30:00.000Z',
    ]);
  });
});

describe('segments', () => {
  const of = (from: string, to: string, granularity: 'total' | 'day' | 'hour' = 'total') =>
    segmentsOf({ from: utc(from), to: utc(to) }, 'UTC', granularity).map(({ table, from: start, to: end, label }) => [
      table,
      ...shown({ from: start, to: end }).map((t) => t.slice(5, 13)),
      label === null ? null : new Date(label).toISOString().slice(5, 13),
    ]);

  it('takes whole days from the days and cut ones from their hours', () => {
    expect(of('2026-10-01T00:00:00Z', '2026-10-04T00:00:00Z')).toEqual([['day', '10-01T00', '10-04T00', null]]);
    expect(of('2026-10-01T05:00:00Z', '2026-10-04T07:00:00Z')).toEqual([
      ['hour', '10-01T05', '10-02T00', '10-01T00'],
      ['hour', '10-04T00', '10-04T07', '10-04T00'],
      ['day', '10-02T00', '10-04T00', null],
    ]);
    expect(of('2026-10-01T05:00:00Z', '2026-10-02T07:00:00Z')).toEqual([
      ['hour', '10-01T05', '10-02T00', '10-01T00'],
      ['hour', '10-02T00', '10-02T07', '10-02T00'],
    ]);
    expect(of('2026-10-01T00:00:00Z', '2026-10-01T07:00:00Z')).toEqual([['hour', '10-01T00', '10-01T07', '10-01T00']]);
    expect(of('2026-10-01T05:00:00Z', '2026-10-02T00:00:00Z')).toEqual([['hour', '10-01T05', '10-02T00', '10-01T00']]);
    expect(of('2026-10-01T05:00:00Z', '2026-10-01T07:00:00Z')).toEqual([['hour', '10-01T05', '10-01T07', '10-01T00']]);
    expect(of('2026-10-01T00:00:00Z', '2026-10-04T00:00:00Z', 'hour')).toEqual([['hour', '10-01T00', '10-04T00', null]]);
  });
  it('cover every hour of the span exactly once, across clock changes', () => {
    const hours = fc.integer({ min: 0, max: 24 * 60 });
    fc.assert(
      fc.property(
        hours,
        hours,
        fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe'),
        (begin, length, timeZone) => {
          const from = utc('2026-10-01T00:00:00Z') + begin * 3_600_000;
          const range = widenToHours({ from, to: from + (length + 1) * 3_600_000 }, timeZone);
          const segments = segmentsOf(range, timeZone, 'total').sort((left, right) => left.from - right.from);
          expect(segments[0]?.from).toBe(range.from);
          expect(segments.at(-1)?.to).toBe(range.to);
          segments.slice(1).forEach((segment, index) => expect(segment.from).toBe(segments[index]?.to));
          expect(segments.every((segment) => segment.from < segment.to)).toBe(true);
        },
      ),
    );
  });
});
