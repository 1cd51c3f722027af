import { isPeriod } from '@tollgate/domain';
import { z } from 'zod';

/** A billing month in a query. */
export const periodField = z
  .string()
  .refine(isPeriod, 'is not a month such as 2026-10')
  .describe('billing month in the organisation’s time zone, such as 2026-10');

/** A moment in a query or body; epoch milliseconds once read. */
export const timeField = z.iso.datetime({ offset: true, message: 'is not a time such as 2026-10-01T00:00:00Z' }).describe('RFC 3339');

/** A decimal in a body: plain, no exponent. */
export const decimalField = z.string().regex(/^-?[0-9]{1,18}(?:\.[0-9]{1,30})?$/, 'is not a decimal string such as "2.50"');

/** A page of rows as the OpenAPI document shows it. */
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({ data: z.array(row), next: z.string().nullable().describe('cursor of the next page; null on the last') });
}
