import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { pageOf } from '../http/query-fields';

const strings = z.record(z.string(), z.string());

export const parked = z.object({
  eventId: z.string(),
  requestId: z.string(),
  reason: z.enum(['no_price', 'no_fx_rate', 'no_organization']),
  detail: z.string(),
  provider: z.string(),
  model: z.string(),
  operation: z.string(),
  occurredAt: z.string(),
  parkedAt: z.string(),
  period: z.string().nullable(),
  quantities: strings,
  tags: strings,
  estimated: z.boolean(),
});

export const parkedPage = pageOf(parked);
export const parkedQuery = pageQuery.extend({
  reason: z.enum(['no_price', 'no_fx_rate', 'no_organization']).optional(),
  provider: z.string().max(100).optional(),
  model: z.string().max(200).optional(),
});

export const conflict = z.object({
  eventId: z.string(),
  seenAt: z.string(),
  setAside: z
    .object({
      provider: z.string(),
      model: z.string(),
      operation: z.string(),
      occurredAt: z.string(),
      quantities: strings,
      tags: strings,
      source: z.string(),
      sourceId: z.string(),
    })
    .describe('what the event said the second time; the charge of its first time is under /api/v1/charges?eventId='),
});

export const conflictPage = pageOf(conflict);

export type ParkedView = z.input<typeof parked>;
export type ParkedQuery = z.output<typeof parkedQuery>;
export type ConflictView = z.input<typeof conflict>;
export type PageQueryFields = z.output<typeof pageQuery>;
