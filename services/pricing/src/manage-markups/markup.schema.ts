import { z } from 'zod';
import { decimalField, timeField } from '../http/query-fields';

export const putMarkup = z.strictObject({
  percent: decimalField
    .refine((text) => Number(text) >= -100, 'is below -100')
    .describe('on the vendor’s list price of shared connections, such as 10 or -5'),
  ownConnectionFeePercent: decimalField
    .refine((text) => !text.startsWith('-'), 'is negative')
    .default('0')
    .describe('of the list price, on the organisation’s own connections'),
  validFrom: timeField
    .optional()
    .describe('not in the future; left out, the first mark-up is valid from the beginning of time and a later one from now'),
});

const version = z.object({
  percent: z.string(),
  ownConnectionFeePercent: z.string(),
  validFrom: z.string().nullable().describe('null from the beginning of time'),
});

export const markup = version.extend({
  organizationId: z.string(),
  earlier: z.array(version).describe('what counted before, newest first'),
});

export type PutMarkup = z.output<typeof putMarkup>;
export type MarkupView = z.input<typeof markup>;
