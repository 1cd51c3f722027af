import { z } from 'zod';
import { customer, seller } from '../billing-settings/billing-settings.schema';

const decimal = z.string().meta({ example: '12.5' });
const month = z.string().meta({ example: '2026-10' });

/** A line: everything of one provider, model and project in a month. */
export const invoiceLine = z.object({
  id: z.uuid(),
  provider: z.string(),
  model: z.string(),
  project: z.string().nullable(),
  exactAmount: decimal.describe('what was charged, exact'),
  amount: decimal.describe("exactAmount rounded once, half-up, to the currency's minor unit"),
  taxRate: decimal.describe('percent'),
  adjusts: month.optional().describe('the earlier month whose late usage this is'),
  charges: z.string().describe('how many charges the line is made of'),
  requests: z.string().describe('how many answered calls'),
});

/** An invoice without its lines. */
export const invoiceSummary = z.object({
  id: z.uuid(),
  number: z.string().nullable().describe('null until finalised'),
  status: z.enum(['draft', 'finalized']),
  period: month,
  currency: z.string(),
  seller: seller.omit({ timeZone: true, series: true }).nullable(),
  customer,
  purchaseOrder: z.string().nullable(),
  taxKind: z.enum(['domestic', 'reverse_charge', 'outside_scope']),
  taxRate: decimal,
  taxNote: z.string().nullable(),
  exactNet: decimal,
  net: decimal,
  tax: decimal,
  total: decimal,
  draftedAt: z.string(),
  issuedOn: z.string().nullable(),
  dueOn: z.string().nullable(),
  finalizedAt: z.string().nullable(),
  forcedReason: z.string().nullable().describe('why it was finalised before its month was final'),
});

export const invoice = invoiceSummary.extend({ lines: z.array(invoiceLine) });

export type InvoiceLineView = z.output<typeof invoiceLine>;
export type InvoiceSummary = z.output<typeof invoiceSummary>;
export type InvoiceView = z.output<typeof invoice>;
