import { z } from 'zod';

const amount = z.string().describe('exact decimal in the organisation’s currency');
const sums = z.object({ count: z.string().describe('entries'), requests: z.string().nullable(), amount, cost: amount, direct: amount });

export const completeness = z.object({
  agrees: z.boolean().nullable().describe('null while a service lags'),
  asOf: z.string().describe('charges rated before this are compared'),
  period: z.string(),
  currency: z.string(),
  lagging: z.array(z.string()).describe('services that have not come past the cut, or do not answer'),
  charges: sums.describe('the ledger'),
  rollups: sums.nullable(),
  invoiced: amount.nullable().describe('exact amounts on invoices, whichever they landed on'),
  unbilled: amount.nullable(),
  budgets: z
    .array(z.object({ id: z.string(), name: z.string(), spent: amount }))
    .describe('budgets that cover everything: amount and direct'),
  producers: z.array(
    z.object({
      id: z.string(),
      epoch: z.number().int(),
      contiguousTo: z.string().describe('the last number up to which none is missing'),
      completeUntil: z
        .string()
        .nullable()
        .describe('everything accepted before this has arrived; null when nothing is certain, or nothing can come any more'),
      finished: z.boolean().describe('nothing can come any more'),
      gap: z.string().nullable().describe('what holds it back'),
    }),
  ),
  differences: z.array(
    z.object({
      service: z.string(),
      what: z.string(),
      expected: z.string().nullable(),
      found: z.string().nullable(),
      detail: z.unknown().optional(),
    }),
  ),
  parked: z.string().describe('events of the period that wait for a price'),
  duplicates: z.string().describe('events that were accepted again with the same content'),
  conflicts: z.string().describe('events that came again with other content; see /api/v1/conflicts'),
});

export const writeOff = z.strictObject({
  producer: z.uuid().describe('id of the producer, as completeness lists it'),
  epoch: z.number().int().min(1),
  reason: z.string().trim().min(3).max(500),
});

export const writtenOff = z.object({
  producer: z.string(),
  epoch: z.number().int(),
  reason: z.string(),
  writtenOffBy: z.string(),
  writtenOffAt: z.string(),
});
