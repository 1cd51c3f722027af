import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DIMENSION_NAMES } from './dimension-columns';

const amount = z.string().describe('a decimal without exponent or trailing zeros');
const quantities = z.record(z.string(), z.string()).describe('decimal quantity by unit');
const when = z.iso.datetime();

const dimensions = z.object(
  Object.fromEntries(DIMENSION_NAMES.map((name) => [name, z.string().nullable().optional()])) as Record<
    (typeof DIMENSION_NAMES)[number],
    z.ZodOptional<z.ZodNullable<z.ZodString>>
  >,
);
const counts = {
  charges: z.number().int().describe('ledger entries, corrections among them'),
  requests: z.number().int().describe('answered and reported calls, corrections apart'),
  estimated: z.number().int().describe('charges whose quantities are an estimate'),
};
const money = {
  amount: amount.describe('what is billed, in the reporting currency'),
  cost: amount.describe("what the vendors' list prices make of it, in the reporting currency"),
  direct: amount.describe('of the cost, what vendors bill the organisation directly'),
};
const range = {
  from: when.describe('inclusive, as used: widened outward to the hour'),
  to: when.describe('exclusive, as used: widened outward to the hour'),
  widened: z.boolean().describe('whether the bounds differ from those asked for'),
  timeZone: z.string().describe("the organisation's, in which hours, days and months are cut"),
  granularity: z.enum(['total', 'day', 'hour']),
  groupBy: z.array(z.enum(DIMENSION_NAMES)),
};
const parked = z.number().int().describe('events of the span that wait for a price and are in no sum');
const next = z.string().nullable().describe('cursor of the next page');

/** Money and quantities of the groups. */
export class SpendResponse extends createZodDto(
  z.object({
    currency: z.string(),
    ...range,
    total: amount.describe('the billed amount of all rows of all pages'),
    totals: z.object({ ...money, ...counts }),
    parked,
    rows: z.array(dimensions.extend({ start: when.optional(), ...money, ...counts, quantities })),
    next,
  }),
) {}

const latencies = {
  latencyMsAverage: z.number().nullable().describe('over first charges that know it'),
  firstTokenMsAverage: z.number().nullable().describe('over streamed ones'),
};

/** Quantities and speed of the groups, without money. */
export class UsageResponse extends createZodDto(
  z.object({
    ...range,
    totals: z.object({ ...counts, ...latencies, quantities }),
    parked,
    rows: z.array(dimensions.extend({ start: when.optional(), ...counts, ...latencies, quantities })),
    next,
  }),
) {}
