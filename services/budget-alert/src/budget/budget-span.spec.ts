import { describe, expect, it } from 'vitest';
import { budgetSpan } from './budget-span';

const at = (text: string) => Date.parse(text);

describe('a budget’s period', () => {
  it('is the organisation’s own month, also as local days', () => {
    expect(budgetSpan(at('2026-10-31T23:30:00Z'), 'Europe/Berlin', 'month')).toEqual({
      start: at('2026-10-31T23:00:00Z'),
      end: at('2026-11-30T23:00:00Z'),
      firstDay: '2026-11-01',
      endDay: '2026-12-01',
    });
  });
  it('is a day of 25 hours when the clocks go back', () => {
    const { start, end, firstDay, endDay } = budgetSpan(at('2026-10-25T12:00:00Z'), 'Europe/Berlin', 'day');
    expect((end! - start) / 3_600_000).toBe(25);
    expect([firstDay, endDay]).toEqual(['2026-10-25', '2026-10-26']);
  });
  it('begins on Monday for a week', () => {
    expect(budgetSpan(at('2026-10-15T12:00:00Z'), 'UTC', 'week').firstDay).toBe('2026-10-12');
  });
  it('is everything for a total', () => {
    expect(budgetSpan(at('2026-10-15T12:00:00Z'), 'Asia/Tokyo', 'total')).toEqual({
      start: 0,
      end: null,
      firstDay: '1970-01-01',
      endDay: null,
    });
  });
});
