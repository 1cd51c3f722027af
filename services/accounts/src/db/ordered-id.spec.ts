import { describe, expect, it } from 'vitest';
import { orderedId } from './ordered-id';

describe('an ordered id', () => {
  it('is greater than the one before, within a millisecond and when the clock goes back', () => {
    const start = Date.parse('2026-10-01T00:00:00Z');
    const ids = [0, 0, 0, 1, 1, 0, -5, 2].flatMap((offset) => Array.from({ length: 50 }, () => orderedId(start + offset)));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds its time in its first 48 bits', () => {
    const time = Date.parse('2030-01-01T00:00:00.123Z');
    expect(Number.parseInt(orderedId(time).replaceAll('-', '').slice(0, 12), 16)).toBe(time);
  });
});
