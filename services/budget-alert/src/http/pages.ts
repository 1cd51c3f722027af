import { decodeCursor, page, type Page } from '@tollgate/platform/http';
import { z } from 'zod';

/** A page of rows as the OpenAPI document shows it. */
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({ data: z.array(row), next: z.string().nullable().describe('cursor of the next page; null on the last') });
}

/** Lists are in the order of ids (UUIDv7, so of creation), newest first; a cursor is the last id of the page before. */
export function idOfCursor(cursor: string | undefined): string | null {
  return decodeCursor(cursor, z.uuid()) ?? null;
}

export function pageById<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  return page(rows, limit, (last) => last.id);
}
