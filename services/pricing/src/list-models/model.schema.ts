import { pageQuery } from '@tollgate/platform/http';
import { z } from 'zod';
import { pageOf } from '../http/query-fields';

export const listedPrice = z.object({
  unit: z.string(),
  amount: z.string().describe('exact decimal: the price of `per` units'),
  currency: z.string().describe('the vendor’s'),
  per: z.string().describe('an integer'),
  conditions: z.record(z.string(), z.string()).describe('all must hold, such as {service_tier: batch} or {min_input_tokens_above: 200000}'),
  version: z.string(),
});

export const model = z.object({
  id: z.string().describe('provider/model, as calls name it'),
  provider: z.string(),
  model: z.string(),
  modality: z.string().describe('chat, embedding, image, transcription, speech, video …'),
  maxInputTokens: z.number().int().nullable(),
  maxOutputTokens: z.number().int().nullable(),
  deprecationDate: z.string().nullable(),
  prices: z.array(listedPrice).describe('the vendor’s list prices valid now, of each unit the unconditional one first'),
});

export const modelPage = pageOf(model);

export const modelQuery = pageQuery.extend({
  q: z.string().max(200).optional().describe('part of provider/model, in any case'),
  provider: z.string().max(100).optional(),
  modality: z.string().max(50).optional(),
});

export type ModelView = z.input<typeof model>;
export type ModelQuery = z.output<typeof modelQuery>;
