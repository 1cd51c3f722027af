import { z } from 'zod';
import { Problem } from './problem';

/** Query members of every list: `limit` from 1 to 1,000 (100 by default) and the `cursor` of the page before. */
export const pageQuery = z.object({
  cursor: z.string().max(2_000).optional().describe('next of the page before'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('rows a page'),
});

/** One page of a list; `next` is null on the last. */
export interface Page<T> {
  readonly data: T[];
  readonly next: string | null;
}

/**
 * Makes a page of `limit` rows out of up to `limit + 1` that were read: the one too many only shows that there are more. `cursorOf` names where the
 * next page begins (after the given row), as plain JSON.
 */
export function page<T>(rows: readonly T[], limit: number, cursorOf: (lastRow: T) => unknown): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, next: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}

/** A cursor as base64url of JSON. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a cursor by the schema of its position; undefined when there is none.
 * @throws Problem 400 when it was not made by `page`.
 */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new Problem({
      status: 400,
      code: 'invalid_cursor',
      title: 'The cursor is not valid',
      detail: 'The cursor was not made by this list.',
      fix: 'Send `next` of the page before unchanged, or leave the cursor out to begin anew.',
    });
  }
}
