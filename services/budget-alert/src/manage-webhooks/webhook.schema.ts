import { z } from 'zod';
import { EVENT_TYPES } from '../raise-alerts/new-alert';

const url = z.string().max(2_000, 'is longer than 2000 characters').meta({ example: 'https://example.com/hooks/tollgate' });

const events = z
  .array(z.enum(EVENT_TYPES))
  .min(1)
  .refine((all) => new Set(all).size === all.length, 'names an event twice')
  .meta({ example: ['budget.threshold.reached', 'budget.limit.reached'] });

export const createWebhook = z.strictObject({ url, events });

export const changeWebhook = z
  .strictObject({ url: url.optional(), events: events.optional(), status: z.enum(['active', 'disabled']).optional() })
  .refine((body) => Object.keys(body).length > 0, 'changes nothing; send url, events or status');

export const rotateSecret = z.strictObject({
  overlapSeconds: z.number().int().min(0).max(604_800).default(86_400).describe('how long the secret before signs too; a day by default'),
});

export const webhookView = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.enum(EVENT_TYPES)),
  status: z.enum(['active', 'disabled']),
  disabledReason: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

/** The secret is shown this once. */
export const createdWebhook = webhookView.extend({
  secret: z.string().nullable().describe('whsec_…, shown once; null when the answer is repeated'),
});

export const rotatedSecret = z.object({ id: z.uuid(), secret: z.string().nullable(), previousExpiresAt: z.string() });

export const deliveryView = z.object({
  id: z.uuid().describe('the header webhook-id of every try'),
  webhookId: z.uuid(),
  alertId: z.uuid().nullable(),
  eventType: z.string(),
  state: z.enum(['pending', 'delivered', 'failed', 'cancelled']),
  body: z.string(),
  tries: z.number(),
  nextTryAt: z.string().nullable(),
  createdAt: z.string(),
  settledAt: z.string().nullable(),
  attempts: z.array(
    z.object({
      attempt: z.number(),
      attemptedAt: z.string(),
      durationMs: z.number(),
      status: z.number().nullable(),
      error: z.string().nullable(),
      excerpt: z.string().nullable(),
    }),
  ),
});

export type CreateWebhook = z.output<typeof createWebhook>;
export type ChangeWebhook = z.output<typeof changeWebhook>;
export type WebhookView = z.output<typeof webhookView>;
export type DeliveryView = z.output<typeof deliveryView>;
