import type { UsageDialect } from './vendors';

/** What a chat answer is counted with, before it is worded. */
export interface Counted {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  reasoningTokens: number;
}

const CACHED_FROM_TOKENS = 1024;
const CACHED_STEP_TOKENS = 128;

/** A pure function of the request, so that anyone can work the numbers out again: README.md states it. */
export function countChat(bodyBytes: number, model: string, maxTokens: number | undefined): Counted {
  const promptTokens = Math.ceil(bodyBytes / 4);
  const cachedTokens = promptTokens >= CACHED_FROM_TOKENS ? Math.floor(promptTokens / 2 / CACHED_STEP_TOKENS) * CACHED_STEP_TOKENS : 0;
  const completionTokens = Math.min(16 + (bodyBytes % 32), maxTokens ?? Number.POSITIVE_INFINITY);
  const reasons = /^(o[0-9]|gpt-5)|reasoner/.test(model);
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: reasons ? Math.floor(completionTokens / 2) : 0 };
}

/** The usage block as the vendor documents it. */
export function usageBlock(
  dialect: UsageDialect,
  { promptTokens, cachedTokens, completionTokens, reasoningTokens }: Counted,
): Record<string, unknown> {
  const plain = { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
  switch (dialect) {
    case 'openai':
      return {
        ...plain,
        prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: reasoningTokens,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      };
    case 'groq':
      return { queue_time: 0.0123, prompt_time: 0.0045, completion_time: 0.0678, total_time: 0.0723, ...plain };
    case 'mistral':
      return cachedTokens > 0 ? { ...plain, num_cached_tokens: cachedTokens } : plain;
    case 'deepseek':
      return {
        ...plain,
        prompt_tokens_details: { cached_tokens: cachedTokens },
        prompt_cache_hit_tokens: cachedTokens,
        prompt_cache_miss_tokens: promptTokens - cachedTokens,
        ...(reasoningTokens > 0 && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
      };
    case 'plain':
      return plain;
  }
}
