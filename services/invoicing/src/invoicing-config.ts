import { z } from 'zod';
import { isTimeZone } from '@tollgate/domain';
import { commonVariables } from '@tollgate/platform/config';

const databases = { TOLLGATE_DB_URL: commonVariables.databaseUrl, TOLLGATE_CONSUMER_DB_URL: commonVariables.databaseUrl };
const optionalText = (meaning: string) => z.string().max(200).default('').describe(meaning);
const wholeNumber = (max: number, meaning: string) =>
  z
    .string()
    .regex(/^\d{1,4}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value <= max, `is above ${max}`)
    .describe(meaning);

/** Environment of the service. The seller's variables hold until an operator changes the billing settings. */
export const invoicingConfig = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8105),
  TOLLGATE_HOST: commonVariables.host,
  KAFKA_BROKERS: commonVariables.brokers,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  TOLLGATE_PRICING_URL: commonVariables.baseUrls.default(['http://127.0.0.1:8102']),
  ...databases,
  TOLLGATE_SELLER_NAME: optionalText('the legal name on invoices'),
  TOLLGATE_SELLER_ADDRESS: optionalText('the address on invoices, its lines separated by |'),
  TOLLGATE_SELLER_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is not two capital letters')
    .describe("the seller's country (ISO 3166-1 alpha-2), which decides VAT")
    .optional(),
  TOLLGATE_SELLER_VAT_ID: optionalText("the seller's VAT id with its country prefix"),
  TOLLGATE_SELLER_REGISTRATION: optionalText('court and number of the register that the seller is in'),
  TOLLGATE_SELLER_EMAIL: optionalText('where questions about invoices go'),
  TOLLGATE_SELLER_IBAN: optionalText('the account that invoices are paid to'),
  TOLLGATE_SELLER_BIC: optionalText('the BIC of its bank'),
  TOLLGATE_SELLER_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone')
    .describe("the IANA time zone of the seller's dates")
    .default('UTC'),
  TOLLGATE_INVOICE_SERIES: z
    .string()
    .regex(/^[A-Z0-9-]{0,20}$/, 'holds other than capital letters, digits and hyphens')
    .describe('what invoice numbers begin with')
    .default('INV-'),
  TOLLGATE_GRACE_HOURS: wholeNumber(2160, 'hours after the end of a month in which late usage is still waited for').default(72),
  TOLLGATE_PAYMENT_TERMS_DAYS: wholeNumber(365, 'days from the invoice to its due date').default(30),
});
export type InvoicingConfig = z.infer<typeof invoicingConfig>;

/** Environment of its migrations. */
export const migrationConfig = z.object({ DATABASE_URL: commonVariables.databaseUrl, ...databases });
