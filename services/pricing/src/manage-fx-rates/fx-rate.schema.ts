import { isCurrency } from '@tollgate/domain';
import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { decimalField, pageOf } from '../http/query-fields';

const currency = z.string().refine((code) => isCurrency(code) && code !== 'EUR', 'is not an ISO 4217 currency other than EUR');
const date = z.iso.date({ message: 'is not a date such as 2026-10-30' });

export const fxRate = z.object({
  currency: z.string(),
  date: z.string().describe('publication date'),
  rate: z.string().describe('units of the currency per euro, exact decimal'),
  source: z.string(),
});

export const fxRatePage = pageOf(fxRate);

export const fxRateQuery = pageQuery.extend({
  currency: currency.optional(),
  from: date.optional(),
  to: date.optional().describe('exclusive'),
});

export const postFxRate = z.strictObject({
  currency,
  date,
  rate: decimalField
    .refine((text) => !text.startsWith('-') && /[1-9]/.test(text), 'is not above zero')
    .describe('units of the currency per euro'),
});

export type FxRateView = z.input<typeof fxRate>;
export type FxRateQuery = z.output<typeof fxRateQuery>;
export type PostFxRate = z.output<typeof postFxRate>;
