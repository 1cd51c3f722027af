import { boundCost, boundInputTokens, Decimal } from '@tollgate/domain';
import { inspectOpenAiInput, type OpenAiInput, type OpenAiRequest } from '@tollgate/providers';
import type { CallRoute } from '../call-provider/call-route';
import { unboundedCall } from './budget-problems';

/** The most that a call can cost, in the organisation's currency, and what has to be sent along for that to hold. */
export interface BoundedCall {
  readonly cost: Decimal;
  /** Undefined when the client set a bound itself, or there is no output. */
  readonly maxOutputTokens: number | undefined;
}

/** What an image is counted as at most, whatever its size: the vendor that counts the most takes 48,169 tokens (gpt-4o-mini, high detail, 8 tiles). */
const MAX_IMAGE_TOKENS = 50_000;
const IMAGE_PARTS = ['"image_url"', '"input_image"'].map((part) => Buffer.from(part));
const TEXT_INPUT = ['input_tokens', 'input_cached_tokens', 'input_cache_write_tokens', 'input_cache_write_1h_tokens', 'requests'];
const TEXT_OUTPUT = ['output_tokens', 'output_reasoning_tokens'];
/** Members by which a call asks for speech or pictures. */
const RICH_OUTPUT = new Set(['audio', 'modalities']);

/** @param modelLimits of the catalogue; 0 where it does not know. @throws Problem 400 for a call without an upper bound, naming what would bound it. */
export function boundCall(
  route: CallRoute,
  request: OpenAiRequest,
  modelLimits: { readonly maxInputTokens: number; readonly maxOutputTokens: number },
  nowMs: number,
): BoundedCall {
  const isChat = route.operation === 'chat';
  const input = isChat ? inspectOpenAiInput(request) : null;
  if (input?.webSearch)
    throw unboundedCall('The vendor may search the web as often as it likes.', 'web_search_options', 'Leave web_search_options out.');
  if (input?.files) throw unboundedCall('What is in a file is not known here.', 'messages', 'Send the text of the file instead.');
  const injected = isChat && request.maxOutputTokens === undefined ? modelLimits.maxOutputTokens : undefined;
  const maxOutputTokens = isChat ? (request.maxOutputTokens ?? modelLimits.maxOutputTokens) : 0;
  if (isChat && maxOutputTokens === 0) {
    throw unboundedCall('The call says nothing of how long the answer may get.', 'max_completion_tokens', 'Set max_completion_tokens.');
  }
  const bounded = boundCost({
    prices: route.pricer.prices,
    maxInputTokens: inputTokens(request, input, modelLimits.maxInputTokens),
    maxOutputTokens: maxOutputTokens * request.n,
    markupPercent: route.pricer.percentOnCost,
    fx: (vendorCurrency) => route.pricer.fx(vendorCurrency, nowMs),
    occurredAt: nowMs,
    units: unitsOf(request, input),
  });
  if ('unbounded' in bounded) {
    throw unboundedCall(`${bounded.detail}.`, 'model', 'Name a model with a price, or give this one a price.');
  }
  return { cost: atLeastNothing(bounded.bound), maxOutputTokens: injected };
}

function inputTokens(request: OpenAiRequest, input: OpenAiInput | null, modelLimit: number): number {
  const bytes = boundInputTokens(request.body.length);
  const tokens = input?.images ? bytes + countImages(request.body) * MAX_IMAGE_TOKENS : bytes;
  return modelLimit > 0 ? Math.min(tokens, modelLimit) : tokens;
}

/** Never too few: each part is named at least once. */
function countImages(body: Buffer): number {
  let count = 0;
  for (const part of IMAGE_PARTS) {
    for (let at = body.indexOf(part); at >= 0; at = body.indexOf(part, at + part.length)) count += 1;
  }
  return count;
}

function unitsOf(request: OpenAiRequest, input: OpenAiInput | null): string[] {
  const units = [...TEXT_INPUT];
  if (input === null) return units;
  units.push(...TEXT_OUTPUT);
  if (input.images) units.push('input_image_tokens');
  if (input.audio) units.push('input_audio_tokens');
  if (request.members.some(({ key }) => RICH_OUTPUT.has(key))) units.push('output_audio_tokens', 'output_image_tokens');
  return units;
}

/** A discount of over a hundred percent pays money back; it makes no room. */
function atLeastNothing(cost: Decimal): Decimal {
  return cost.isNegative() ? Decimal.ZERO : cost;
}
