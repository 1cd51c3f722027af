import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { newId } from './new-id';

describe('an id', () => {
  it('is a UUIDv7 of the time that it was made at', () => {
    const id = newId(0x0190_a000_1234);
    expect(validate(id)).toBe(true);
    expect(version(id)).toBe(7);
    expect(id.slice(0, 13)).toBe('0190a000-1234');
  });

  it('is never made twice, also within a millisecond', () => {
    const ids = new Set(Array.from({ length: 50_000 }, () => newId(1_700_000_000_000)));
    expect(ids.size).toBe(50_000);
    expect([...ids].every((id) => validate(id))).toBe(true);
  });
});
