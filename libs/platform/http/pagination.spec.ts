import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeCursor, encodeCursor, page, pageQuery } from './pagination';

describe('pages', () => {
  it('hold `limit` rows and name where the next begins, unless they are the last', () => {
    expect(page([1, 2, 3], 2, (row) => row)).toEqual({ data: [1, 2], next: encodeCursor(2) });
    expect(page([1, 2], 2, (row) => row)).toEqual({ data: [1, 2], next: null });
    expect(page([], 2, (row) => row)).toEqual({ data: [], next: null });
  });
  it('take a limit from 1 to 1,000, 100 by default', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 100 });
    expect(pageQuery.parse({ limit: '1000' }).limit).toBe(1_000);
    for (const limit of ['0', '1001', '1.5', 'x', '-1']) expect(pageQuery.safeParse({ limit }).success).toBe(false);
  });
  it('refuse a cursor that they did not make', () => {
    const schema = z.object({ id: z.number() });
    expect(decodeCursor(encodeCursor({ id: 7 }), schema)).toEqual({ id: 7 });
    expect(decodeCursor(undefined, schema)).toBeUndefined();
    for (const cursor of ['x', encodeCursor({ id: 'a' }), encodeCursor(null)])
      expect(() => decodeCursor(cursor, schema)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_cursor' }));
  });
});
