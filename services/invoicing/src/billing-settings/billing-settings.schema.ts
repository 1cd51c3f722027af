import { z } from 'zod';
import { isTimeZone } from '@tollgate/domain';

const CONTROL = /[\u0000-\u001f\u007f]/;
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !CONTROL.test(text), 'holds a control character');
const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'is not two capital letters')
  .meta({ example: 'DE' });

/** Who invoices: one for the installation. */
export const seller = z.strictObject({
  name: line(200).min(1, 'is empty').meta({ example: 'Tollgate Operations GmbH' }),
  addressLines: z.array(line(100).min(1, 'is empty')).min(1).max(6),
  country,
  vatId: line(20).default(''),
  registration: line(200).default('').describe('court and number of the register'),
  email: line(200).default(''),
  iban: line(40).default(''),
  bic: line(11).default(''),
  timeZone: z.string().refine(isTimeZone, 'is not an IANA time zone').default('UTC').describe('of the dates on invoices'),
  series: z
    .string()
    .regex(/^[A-Z0-9-]{0,20}$/, 'holds other than capital letters, digits and hyphens')
    .default('INV-')
    .describe('what invoice numbers begin with'),
});
export type Seller = z.output<typeof seller>;

const graceHours = z.int().min(0).max(2160).describe('hours after the end of a month in which late usage is still waited for');
const paymentTermsDays = z.int().min(0).max(365).describe('days from the invoice to its due date');

/** A change: what is left out stays as it is. */
export const changeBillingSettings = z.strictObject({
  graceHours: graceHours.optional(),
  paymentTermsDays: paymentTermsDays.optional().describe('set by an operator'),
  purchaseOrder: line(100).optional().describe("the customer's reference, printed on its invoices"),
  seller: seller.optional().describe('set by an operator, without naming an organisation'),
});
export type ChangeBillingSettings = z.output<typeof changeBillingSettings>;

/** Who is invoiced, as the organisation's record says. */
export const customer = z.object({
  name: z.string(),
  addressLines: z.array(z.string()),
  country: z.string(),
  vatId: z.string(),
});
export type Customer = z.output<typeof customer>;

/** What is in force, for an organisation or, without one, by default. */
export const billingSettings = z.object({
  graceHours,
  paymentTermsDays,
  purchaseOrder: z.string(),
  seller: seller.nullable().describe('null until name, address and country are set'),
  customer: customer.nullable(),
});
export type BillingSettings = z.output<typeof billingSettings>;
