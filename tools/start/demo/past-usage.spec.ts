import { describe, expect, it } from 'vitest';
import { EVENTS_A_MONTH, lastTwoMonths, pastUsage } from './past-usage';

describe('the usage of a past month', () => {
  it('is the same on every run, so that sending it again changes nothing', () => {
    expect(pastUsage('2026-02')).toEqual(pastUsage('2026-02'));
    expect(pastUsage('2026-02')).not.toEqual(pastUsage('2026-03').map((event) => ({ ...event, id: event.id.replace('03', '02') })));
  });

  it('lies within the month, under ids of its own', () => {
    const events = pastUsage('2026-02');
    expect(events).toHaveLength(EVENTS_A_MONTH);
    expect(events.every(({ time }) => time >= '2026-02-01T00:00:00.000Z' && time < '2026-03-01T00:00:00.000Z')).toBe(true);
    expect(new Set(events.map(({ id }) => id)).size).toBe(EVENTS_A_MONTH);
  });

  it('is for several projects, teams, environments and at least three providers', () => {
    const of = (name: (event: ReturnType<typeof pastUsage>[number]) => string | undefined) => new Set(pastUsage('2026-02').map(name)).size;
    expect(of(({ data }) => data.tags.project)).toBeGreaterThan(2);
    expect(of(({ data }) => data.tags.team)).toBeGreaterThan(2);
    expect(of(({ data }) => data.tags.env)).toBeGreaterThan(2);
    expect(of(({ data }) => data.provider)).toBeGreaterThan(2);
  });

  it('is that of the two months before the running one, across the year too', () => {
    expect(lastTwoMonths(new Date('2027-01-31T23:59:59Z'))).toEqual(['2026-11', '2026-12']);
  });
});
