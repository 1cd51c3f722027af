/** Vendors that take `max_completion_tokens`; OpenAI's reasoning models refuse the older name. All others of the shape take `max_tokens`. */
const TAKES_MAX_COMPLETION_TOKENS = new Set(['openai', 'azure', 'groq', 'cerebras']);

/** The request member that bounds a completion's length at that provider. */
export function outputBoundMember(provider: string): 'max_completion_tokens' | 'max_tokens' {
  return TAKES_MAX_COMPLETION_TOKENS.has(provider) ? 'max_completion_tokens' : 'max_tokens';
}
