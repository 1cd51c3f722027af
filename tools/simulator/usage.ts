import type { UsageDialect } from './vendors';

/** What a chat answer is counted with, before it is worded. */
export interface Counted {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** Of the completion tokens. */
  reasoningTokens: number;
}

const CACHED_FROM_TOKENS = 1024;
const CACHED_STEP_TOKENS = 128;
const REASONS = /^(o[0-9]|gpt-5)|reasoner|grok-3-mini/;

/** A pure function of the request, so that anyone can work the numbers out again: README.md states it. */
export function countChat(bodyBytes: number, model: string, maxTokens: number | undefined, choices = 1): Counted {
  const promptTokens = Math.ceil(bodyBytes / 4);
  const cachedTokens = promptTokens >= CACHED_FROM_TOKENS ? Math.floor(promptTokens / 2 / CACHED_STEP_TOKENS) * CACHED_STEP_TOKENS : 0;
  const each = Math.min(16 + (bodyBytes % 32), maxTokens ?? Number.POSITIVE_INFINITY);
  return {
    promptTokens,
    cachedTokens,
    completionTokens: each * choices,
    reasoningTokens: REASONS.test(model) ? Math.floor(each / 2) * choices : 0,
  };
}

/** The usage block as the vendor words it, as JSON. Built as text, since it is written for every call of a benchmark. */
export function usageText(
  dialect: UsageDialect,
  { promptTokens: prompt, cachedTokens: cached, completionTokens: completion, reasoningTokens: reasoning }: Counted,
): string {
  const tokens = `"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion}`;
  switch (dialect) {
    case 'openai':
      return `{${tokens},"prompt_tokens_details":{"cached_tokens":${cached},"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":${reasoning},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`;
    case 'groq':
      return `{"queue_time":0.0123,"prompt_time":0.0045,"completion_time":0.0678,"total_time":0.0723,${tokens}}`;
    case 'mistral':
      return cached > 0 ? `{${tokens},"num_cached_tokens":${cached}}` : `{${tokens}}`;
    case 'deepseek':
      return `{${tokens},"prompt_tokens_details":{"cached_tokens":${cached}},"prompt_cache_hit_tokens":${cached},"prompt_cache_miss_tokens":${prompt - cached}${reasoning > 0 ? `,"completion_tokens_details":{"reasoning_tokens":${reasoning}}` : ''}}`;
    case 'xai':
      // Reasoning stands beside the completion and in the total.
      return `{"prompt_tokens":${prompt},"completion_tokens":${completion - reasoning},"total_tokens":${prompt + completion},"prompt_tokens_details":{"text_tokens":${prompt},"audio_tokens":0,"image_tokens":0,"cached_tokens":${cached}},"completion_tokens_details":{"reasoning_tokens":${reasoning},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0}`;
    case 'plain':
      return `{${tokens}}`;
  }
}
