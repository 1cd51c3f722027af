import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { pageOf, timeField } from '../http/query-fields';

const tag = z.string().nullable().describe('null when untagged');
const strings = z.record(z.string(), z.string());

export const chargeLine = z.object({
  unit: z.string(),
  quantity: z.string(),
  rate: z.string().describe('in `currency` per `per` units'),
  currency: z.string().describe('the vendor’s, of the rate'),
  per: z.string(),
  priceVersion: z.string(),
  cost: z.string().describe('in the charge’s currency'),
  amount: z.string().describe('in the charge’s currency'),
});

export const charge = z.object({
  id: z.string(),
  eventId: z.string(),
  requestId: z.string(),
  attempt: z.number().int(),
  occurredAt: z.string(),
  receivedAt: z.string(),
  ratedAt: z.string(),
  period: z.string(),
  provider: z.string(),
  model: z.string(),
  operation: z.string(),
  outcome: z.string(),
  project: tag,
  team: tag,
  env: tag,
  feature: tag,
  tags: strings,
  keyId: z.string().nullable(),
  connectionId: z.string().nullable(),
  ownConnection: z.boolean(),
  currency: z.string(),
  cost: z.string().describe('what the vendor’s list price makes of it'),
  amount: z.string().describe('what is billed'),
  direct: z.string().describe('what the vendor bills the organisation itself'),
  fx: z.object({
    rate: z.string().describe('reporting units per vendor unit, the very number that was multiplied'),
    date: z.string().nullable(),
    source: z.string(),
    stale: z.boolean().describe('the rate was older than seven days'),
  }),
  quantities: strings,
  attributes: strings,
  estimated: z.boolean(),
  requests: z.number().int(),
  latencyMs: z.number().int(),
  timeToFirstTokenMs: z.number().int(),
  streamed: z.boolean(),
  status: z.number().int(),
  source: z.string().nullable(),
  sourceId: z.string().nullable(),
  correctsChargeId: z.string().nullable(),
  reason: z.string().nullable(),
  lines: z.array(chargeLine),
});

export const chargePage = pageOf(charge);

const filter = z.string().max(200).optional();

export const chargeQuery = pageQuery.extend({
  project: filter.describe('a slug; empty for untagged'),
  team: filter,
  env: filter,
  feature: filter,
  provider: filter,
  model: filter,
  key: filter.describe('a key’s id'),
  requestId: filter,
  eventId: z.uuid().optional(),
  estimated: z.enum(['true', 'false']).optional(),
  from: timeField.optional(),
  to: timeField.optional().describe('exclusive'),
});

export type ChargeView = z.input<typeof charge>;
export type ChargeQuery = z.output<typeof chargeQuery>;
