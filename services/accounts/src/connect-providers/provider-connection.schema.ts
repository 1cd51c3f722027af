import { z } from 'zod';
import { label } from '../http/field-schemas';

const secret = z
  .string()
  .min(1, 'is empty')
  .max(8_192, 'is longer than 8192 characters')
  .regex(/^[\x21-\x7e]+$/, 'holds a blank or a character that no HTTP header can carry');

/** Which form of address is allowed is checked apart, since it needs the name service. */
const baseUrl = z.string().trim().max(2_048, 'is longer than 2048 characters').meta({ example: 'https://api.openai.com/v1' });

export const connectProvider = z.strictObject({
  provider: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,49}$/, 'is no provider id: lower-case letters, digits, "_", "." and "-"')
    .meta({ example: 'openai', description: 'The id of genai-prices: openai, anthropic, google, aws, azure, groq …' }),
  name: label.optional().describe('Tells apart several connections to one provider; the provider’s id by default'),
  baseUrl: baseUrl.optional().describe('What the vendor’s own SDK takes; known providers have a default'),
  secret: secret.describe('The key that the vendor accepts; kept encrypted and never shown'),
  allowUnknownModels: z
    .boolean()
    .default(false)
    .describe('Passes on models that the catalogue does not know; their usage is parked until a price is there'),
  organizationId: z
    .uuid('is no UUID')
    .optional()
    .describe('Whose own connection an operator makes; without it, and without a named organisation, it is shared'),
});

export const updateProviderConnection = z.strictObject({
  name: label.optional(),
  baseUrl: baseUrl.optional(),
  secret: secret.optional(),
  allowUnknownModels: z.boolean().optional(),
  status: z.enum(['active', 'disabled']).optional(),
});

export const providerConnection = z.object({
  id: z.uuid(),
  organizationId: z.uuid().nullable().describe('Null for the operator’s shared connections'),
  provider: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  allowUnknownModels: z.boolean(),
  status: z.enum(['active', 'disabled']),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type ConnectProvider = z.output<typeof connectProvider>;
export type UpdateProviderConnection = z.output<typeof updateProviderConnection>;
export type ProviderConnectionView = z.output<typeof providerConnection>;
