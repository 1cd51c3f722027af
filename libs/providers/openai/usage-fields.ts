/** Where a provider of the OpenAI shape says what part of its totals is cached, written to the cache, audio, image, reasoning. The first path present counts. */
export interface UsageFields {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly inputParts: readonly { readonly unit: string; readonly paths: readonly string[] }[];
  readonly outputParts: readonly { readonly unit: string; readonly paths: readonly string[] }[];
  /** Reasoning is counted beside the completion instead of within it. */
  readonly reasoningBeside?: boolean;
}

/**
 * OpenAI's own chat and embeddings usage (API reference, "The chat completion object", `usage`), and how the others of its shape name the same things: no
 * two give one name different meanings, so that one table serves them all.
 * - Mistral: `num_cached_tokens`, also `prompt_token_details` with one s.
 * - DeepSeek: `prompt_cache_hit_tokens` of `prompt_tokens`.
 * - Moonshot: `cached_tokens` beside the totals.
 * - OpenRouter: `prompt_tokens_details.cache_write_tokens`, within the prompt.
 */
const OPENAI_SHAPE: UsageFields = {
  input: ['prompt_tokens', 'input_tokens'],
  output: ['completion_tokens', 'output_tokens'],
  inputParts: [
    {
      unit: 'input_cached_tokens',
      paths: [
        'prompt_tokens_details.cached_tokens',
        'prompt_token_details.cached_tokens',
        'input_tokens_details.cached_tokens',
        'num_cached_tokens',
        'prompt_cache_hit_tokens',
        'cached_tokens',
      ],
    },
    {
      unit: 'input_cache_write_tokens',
      paths: ['prompt_tokens_details.cache_write_tokens', 'prompt_tokens_details.cache_creation_tokens'],
    },
    { unit: 'input_audio_tokens', paths: ['prompt_tokens_details.audio_tokens'] },
    { unit: 'input_image_tokens', paths: ['prompt_tokens_details.image_tokens'] },
  ],
  outputParts: [
    { unit: 'output_reasoning_tokens', paths: ['completion_tokens_details.reasoning_tokens', 'output_tokens_details.reasoning_tokens'] },
    { unit: 'output_audio_tokens', paths: ['completion_tokens_details.audio_tokens'] },
    { unit: 'output_image_tokens', paths: ['completion_tokens_details.image_tokens'] },
  ],
};

/** xAI counts reasoning beside the completion: total = prompt + completion + reasoning (its "Reasoning" guide). */
const BY_PROVIDER: Readonly<Record<string, UsageFields>> = {
  'x-ai': { ...OPENAI_SHAPE, reasoningBeside: true },
  xai: { ...OPENAI_SHAPE, reasoningBeside: true },
};

/** The table of a provider of the OpenAI shape. */
export function usageFieldsOf(provider: string): UsageFields {
  return BY_PROVIDER[provider] ?? OPENAI_SHAPE;
}
