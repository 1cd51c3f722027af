import type { ExtractedUsage } from '@tollgate/providers';
import type { CallFailure } from './call-failure';

/** How one kind of answer is passed on. Its call is told of every piece of the provider's answer in order, and at last of its end or its failure. */
export interface Answer {
  data(chunk: Buffer): void;
  /** The provider's answer is complete, as far as HTTP knows. */
  end(): void;
  /** The provider broke off, took too long, or the call was ended. */
  fail(failure: CallFailure): void;
}

/** What a call used, as it goes into its record. */
export interface MeteredUsage {
  readonly quantities: { readonly [unit: string]: string };
  readonly attributes: { readonly [name: string]: string };
  readonly estimated: boolean;
}

/** An answer that nobody is charged for. */
export const NOTHING_USED: MeteredUsage = { quantities: {}, attributes: {}, estimated: false };

const BYTES_PER_TOKEN = 4;
const MAX_ANOMALY_LENGTH = 200;

/** What the provider said that was used. Numbers that had to be mended count as an estimate, and say why. */
export function meteredUsage({ quantities, attributes, anomalies }: ExtractedUsage): MeteredUsage {
  if (anomalies.length === 0) return { quantities, attributes, estimated: false };
  return { quantities, attributes: { ...attributes, anomaly: anomalies.join('; ').slice(0, MAX_ANOMALY_LENGTH) }, estimated: true };
}

/** What was probably used where the provider doesn't say: a token for four bytes read, and what was counted of the output. */
export function estimatedUsage(inputBytes: number, outputTokens: number): MeteredUsage {
  const quantities: Record<string, string> = { input_tokens: String(Math.max(1, Math.ceil(inputBytes / BYTES_PER_TOKEN))) };
  if (outputTokens > 0) quantities['output_tokens'] = String(outputTokens);
  return { quantities, attributes: {}, estimated: true };
}
