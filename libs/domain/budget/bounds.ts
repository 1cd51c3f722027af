/** Tokens that a vendor adds around the messages of a call (roles, separators, the start of the answer, the frame of tools). */
const FRAME_TOKENS = 256;

/**
 * An upper bound of the tokens that a text-only request body makes: every token of a byte-level vocabulary covers at least one byte, and JSON's own
 * syntax is longer than the frame that replaces it. Not a bound where content is fetched by URL.
 */
export function boundInputTokens(bodyBytes: number): number {
  return bodyBytes + FRAME_TOKENS;
}
