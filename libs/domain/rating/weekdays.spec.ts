import { describe, expect, it } from 'vitest';
import { compileCondition } from './conditions';
import { weekdays } from './weekdays';

const at = (time: string) => Date.parse(time);

describe('a price by the day of the week', () => {
  it.each([
    ['a Saturday', '2026-10-31T00:00:00Z', true],
    ['a Sunday until its last moment', '2026-11-01T23:59:59.999Z', true],
    ['a Monday', '2026-11-02T00:00:00Z', false],
    ['a Friday', '2026-10-30T12:00:00Z', false],
    ['a Sunday before 1970', '1969-12-28T12:00:00Z', true],
  ])('holds at the weekend alone: %s', (_, time, expected) => {
    expect(weekdays('6,7')(at(time))).toBe(expected);
  });

  it('is a condition of a price like any other', () => {
    const condition = compileCondition('weekdays', '4');
    // 1970-01-01 was a Thursday.
    expect(condition.holds({ attributes: {}, inputTokens: 0n, occurredAt: 0 })).toBe(true);
    expect(condition.holds({ attributes: {}, inputTokens: 0n, occurredAt: 86_400_000 })).toBe(false);
  });

  it.each(['', '0', '8', '1-5', '6, 7', 'sat'])('is refused for %j', (list) => {
    expect(() => compileCondition('weekdays', list)).toThrow('ISO weekdays');
  });
});
