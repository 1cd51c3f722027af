import { boundCost, boundInputTokens, Decimal } from '@tollgate/domain';
import { inspectOpenAiInput, type OpenAiInput, type OpenAiRequest } from '@tollgate/providers';
import type { CallRoute } from '../call-provider/call-route';
import { unboundedCall } from './budget-problems';

/** What a call can cost at most, in the organisation's currency, and how that depends on the output that it is allowed. */
export interface BoundedCall {
  /** With the least output that is of use. Equals `most` when the client bounded the output itself, or there is none. */
  readonly least: Decimal;
  /** With all the output that the model can make. */
  readonly most: Decimal;
  /** The output bound that has to be sent along for the call to cost at most `held`; undefined where the client's own stands, or there is no output. */
  maxOutputTokens(held: Decimal): number | undefined;
}

/** Where a limit has no room for the longest answer and the client left its length open, the answer may still get so long. */
const LEAST_OUTPUT_TOKENS = 1_024;
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
  const costOf = (outputTokens: number) => costWith(route, request, input, modelLimits.maxInputTokens, outputTokens, nowMs);
  if (!isChat || request.maxOutputTokens !== undefined) {
    const cost = costOf(isChat ? request.maxOutputTokens! * request.n : 0);
    return { least: cost, most: cost, maxOutputTokens: () => undefined };
  }
  const full = modelLimits.maxOutputTokens;
  if (full === 0) {
    throw unboundedCall('The call says nothing of how long the answer may get.', 'max_completion_tokens', 'Set max_completion_tokens.');
  }
  const fewest = Math.min(LEAST_OUTPUT_TOKENS, full);
  const [least, most] = [costOf(fewest * request.n), costOf(full * request.n)];
  return {
    least,
    most,
    maxOutputTokens(held) {
      if (held.compare(most) >= 0) return full;
      // The bound grows evenly with the output.
      const share = held.minus(least).times(Decimal.from(BigInt(full - fewest)));
      return fewest + Number(share.dividedBy(most.minus(least), 0, 'down').toString());
    },
  };
}

function costWith(
  route: CallRoute,
  request: OpenAiRequest,
  input: OpenAiInput | null,
  inputLimit: number,
  maxOutputTokens: number,
  nowMs: number,
): Decimal {
  const bounded = boundCost({
    prices: route.pricer.prices,
    maxInputTokens: inputTokens(request, input, inputLimit),
    maxOutputTokens,
    markupPercent: route.pricer.percentOnCost,
    fx: (vendorCurrency) => route.pricer.fx(vendorCurrency, nowMs),
    occurredAt: nowMs,
    units: unitsOf(request, input),
  });
  if ('unbounded' in bounded) {
    throw unboundedCall(`${bounded.detail}.`, 'model', 'Name a model with a price, or give this one a price.');
  }
  return atLeastNothing(bounded.bound);
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
