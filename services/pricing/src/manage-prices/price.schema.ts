import { isCurrency, isUnit } from '@tollgate/domain';
import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { decimalField, pageOf, timeField } from '../http/query-fields';

const provider = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'is not a provider id such as openai');
const model = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'has a space or another character that no model name has');
const unit = z.string().refine(isUnit, 'is not a unit; see GET /api/v1/models for units in use');

export const price = z.object({
  version: z.string().describe('what charges name'),
  provider: z.string(),
  model: z.string(),
  unit: z.string(),
  amount: z.string().describe('exact decimal: the price of `per` units'),
  currency: z.string(),
  per: z.string(),
  conditions: z.record(z.string(), z.string()),
  validFrom: z.string().nullable().describe('inclusive; null from the beginning of time'),
  validTo: z.string().nullable().describe('exclusive; null for open'),
  source: z.string(),
});

export const pricePage = pageOf(price);

export const priceQuery = pageQuery.extend({
  provider: z.string().max(100).optional(),
  model: z.string().max(200).optional(),
  unit: z.string().max(60).optional(),
  at: timeField.optional().describe('only the versions valid at that moment'),
});

export const postPrice = z.strictObject({
  provider,
  model,
  unit,
  amount: decimalField.refine((text) => !text.startsWith('-'), 'is negative'),
  currency: z.string().refine(isCurrency, 'is not an ISO 4217 currency').default('USD'),
  per: z
    .string()
    .regex(/^10{0,9}$/, 'is not a power of ten such as "1" or "1000000"')
    .optional()
    .describe('units that the amount pays for; a million for tokens and characters, else 1'),
  conditions: z.record(z.string().regex(/^[a-z_]{1,40}$/), z.string().min(1).max(100)).default({}),
  validFrom: timeField
    .optional()
    .describe('when it begins; left out, the first price of its kind is valid from the beginning of time and a later one from now'),
  modality: z.string().max(50).optional().describe('of a model that the catalogue does not know yet; chat by default'),
});

export type PriceView = z.input<typeof price>;
export type PriceQuery = z.output<typeof priceQuery>;
export type PostPrice = z.output<typeof postPrice>;
