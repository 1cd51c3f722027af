import { describe, expect, it } from 'vitest';
import { countChat, usageText } from './usage';
import { vendors } from './vendors';

const counted = { promptTokens: 2000, cachedTokens: 896, completionTokens: 40, reasoningTokens: 12 };
const worded = (dialect: Parameters<typeof usageText>[0], more = {}): unknown => JSON.parse(usageText(dialect, { ...counted, ...more }));

describe('what a chat answer is counted with', () => {
  it('is 1,025 prompt tokens for 4,100 bytes, half of them cached in steps of 128', () => {
    // 4100 / 4 = 1025; 1025 / 2 = 512.5 → 4 × 128 = 512; 4100 mod 32 = 4 → 16 + 4 = 20.
    expect(countChat(4100, 'gpt-4o', undefined)).toEqual({
      promptTokens: 1025,
      cachedTokens: 512,
      completionTokens: 20,
      reasoningTokens: 0,
    });
  });

  it('caches nothing below 1,024 prompt tokens', () => expect(countChat(4092, 'gpt-4o', undefined).cachedTokens).toBe(0));

  it('keeps the output bound for each choice', () => expect(countChat(100, 'gpt-4o', 7, 3).completionTokens).toBe(21));

  it('spends half of each choice of a reasoning model on reasoning', () => {
    // 116 mod 32 = 20 → 36 a choice, 18 of them reasoning; two choices.
    expect(countChat(116, 'o3', undefined, 2)).toMatchObject({ completionTokens: 72, reasoningTokens: 36 });
  });
});

describe('how a vendor words its usage', () => {
  it('OpenAI: cached within the prompt, reasoning within the completion', () =>
    expect(worded('openai')).toMatchObject({
      prompt_tokens: 2000,
      completion_tokens: 40,
      total_tokens: 2040,
      prompt_tokens_details: { cached_tokens: 896 },
      completion_tokens_details: { reasoning_tokens: 12 },
    }));

  it('Groq: times beside the tokens', () => expect(worded('groq')).toMatchObject({ total_tokens: 2040, total_time: expect.any(Number) }));

  it('Mistral: num_cached_tokens, left out at zero', () => {
    expect(worded('mistral')).toEqual({ prompt_tokens: 2000, completion_tokens: 40, total_tokens: 2040, num_cached_tokens: 896 });
    expect(worded('mistral', { cachedTokens: 0 })).toEqual({ prompt_tokens: 2000, completion_tokens: 40, total_tokens: 2040 });
  });

  it('DeepSeek: hits and misses that add up to the prompt', () =>
    expect(worded('deepseek')).toMatchObject({ prompt_cache_hit_tokens: 896, prompt_cache_miss_tokens: 1104, prompt_tokens: 2000 }));

  it('xAI: reasoning beside the completion, and in the total', () =>
    // 40 generated, 12 of them reasoning: 28 beside 12; 2000 + 28 + 12 = 2040.
    expect(worded('xai')).toMatchObject({
      completion_tokens: 28,
      completion_tokens_details: { reasoning_tokens: 12 },
      total_tokens: 2040,
    }));

  it.each(vendors.map(({ id, dialect }) => [id, dialect] as const))('%s: valid JSON', (_id, dialect) => {
    expect(worded(dialect)).toMatchObject({ prompt_tokens: 2000, total_tokens: 2040 });
  });
});
