import { KEY_ENVIRONMENTS } from '@tollgate/platform/api-key';
import { z } from 'zod';
import { label, moment, slug, tags } from '../http/field-schemas';

/** What a key may do. `admin` is all of its organisation; `operator` is of the operator's own keys alone. */
export const KEY_SCOPES = ['inference', 'usage:write', 'billing:read', 'billing:write', 'admin', 'operator'] as const;

/** A week: long enough to roll a key out everywhere, short enough that two keys do not become the rule. */
const LONGEST_OVERLAP_SECONDS = 604_800;

export const createApiKey = z.strictObject({
  name: label,
  environment: z.enum(KEY_ENVIRONMENTS).default('live').describe('Where the key belongs; stands in its text and changes nothing else'),
  project: slug.optional().describe('Slug of the project that the key is bound to'),
  mayTagProject: z.boolean().default(false).describe('Lets a bound key name another project in the tags of a call'),
  scopes: z
    .array(z.enum(KEY_SCOPES))
    .min(1, 'is empty: a key needs at least one scope')
    .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice')
    .meta({ description: 'What the key may do; `admin` is all of its organisation', example: ['inference'] }),
  tags: tags.default({}).describe('Tags of calls that name none themselves'),
  expiresAt: moment.optional().describe('From when the key no longer works; never by default'),
});

export const rotateApiKey = z.strictObject({
  overlapSeconds: z
    .int('is no whole number of seconds')
    .min(0, 'is negative')
    .max(LONGEST_OVERLAP_SECONDS, 'is longer than a week (604800)')
    .default(0)
    .describe('How long the replaced key goes on working; a week at most'),
});

export const apiKey = z.object({
  id: z.uuid(),
  organizationId: z.uuid().nullable().describe('Null for a key of the operator'),
  name: z.string(),
  prefix: z.string().describe('What may be shown of the key, so that its owner recognises it'),
  environment: z.enum(KEY_ENVIRONMENTS),
  project: z.string().nullable(),
  mayTagProject: z.boolean(),
  scopes: z.array(z.enum(KEY_SCOPES)),
  tags: z.record(z.string(), z.string()),
  status: z.enum(['active', 'revoked', 'expired']),
  expiresAt: z.string().nullable(),
  previousKeyExpiresAt: z.string().nullable().describe('Until when the key that the last rotation replaced still works'),
  revokedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

/** The only answers that show a key. */
export const issuedApiKey = apiKey.extend({ key: z.string() });

export type CreateApiKey = z.output<typeof createApiKey>;
export type ApiKeyView = z.output<typeof apiKey>;
export type IssuedApiKey = z.output<typeof issuedApiKey>;
