import { z } from 'zod';
import { label, tagName } from '../http/field-schemas';
import { isCountry } from './country';
import { isSupportedCurrency, SUPPORTED_CURRENCIES } from './currency';
import { parseTimeZone } from './time-zone';

const country = z
  .string()
  .refine(isCountry, 'is no country code of ISO 3166-1 alpha-2, such as DE')
  .meta({ example: 'DE', description: 'ISO 3166-1 alpha-2' });
const currency = z
  .string()
  .refine(isSupportedCurrency, `is no currency with an ECB reference rate; supported are ${SUPPORTED_CURRENCIES.join(', ')}`)
  .meta({ example: 'EUR', description: 'ISO 4217, with an ECB reference rate; fixed for ever' });
const timeZone = z
  .string()
  .refine((name) => parseTimeZone(name) !== null, 'is no IANA time zone, such as Europe/Berlin')
  .meta({ description: 'IANA name; its hours, days and billing months are counted; fixed for ever' });
const vatId = z
  .string()
  .trim()
  .max(40, 'is longer than 40 characters')
  .describe('Checked by form and check digit where its country’s can be');
const addressLines = z.array(label).max(8, 'holds more than 8 lines');
const requiredTags = z
  .array(tagName)
  .max(10, 'holds more than 10 tags')
  .refine((names) => new Set(names).size === names.length, 'names a tag twice')
  .describe('Tags that every call must carry');
const missingTags = z.enum(['refuse', 'untagged']).describe('Whether a call without a required tag is refused, or counted as untagged');

/** What a new organisation is made of. Currency and time zone stay as they are. */
export const createOrganization = z.strictObject({
  name: label,
  country,
  currency,
  timeZone: timeZone.default('UTC'),
  legalName: label.optional(),
  vatId: vatId.default(''),
  addressLines: addressLines.default([]),
  requiredTags: requiredTags.default([]),
  missingTags: missingTags.default('untagged'),
});

const fixed = z
  .string()
  .optional()
  .refine((value) => value === undefined, 'is fixed when the organisation is created')
  .meta({ deprecated: true, description: 'Refused: fixed when the organisation is created' });

/** What may change. Currency and time zone are named here only to be refused with their own reason. */
export const updateOrganization = z.strictObject({
  name: label.optional(),
  country: country.optional(),
  legalName: label.optional(),
  vatId: vatId.optional(),
  addressLines: addressLines.optional(),
  requiredTags: requiredTags.optional(),
  missingTags: missingTags.optional(),
  status: z.enum(['active', 'suspended']).optional(),
  currency: fixed,
  timeZone: fixed,
});

/** An organisation as it is answered. */
export const organization = z.object({
  id: z.uuid(),
  name: z.string(),
  legalName: z.string(),
  country: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  status: z.enum(['active', 'suspended']),
  requiredTags: z.array(z.string()),
  missingTags,
  vatId: z.string().nullable(),
  addressLines: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type CreateOrganization = z.output<typeof createOrganization>;
export type UpdateOrganization = z.output<typeof updateOrganization>;
export type OrganizationView = z.output<typeof organization>;
