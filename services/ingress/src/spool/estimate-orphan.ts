import { Outcome, type UsageRecorded } from '@tollgate/contracts';
import type { IntentRecord } from './usage-codec';

/** Text averages four bytes a token. */
const BYTES_PER_TOKEN = 4;
/** What an answer is taken to be when nobody saw its end: a usual length, never more than the call allowed. */
const USUAL_OUTPUT_TOKENS = 256;

/**
 * The record of a call whose process died before it ended. A call that was never sent costs nothing. One that was sent was most likely answered and
 * billed, so it gets an estimate, flagged as one; its grants keep the whole hold until that is charged.
 */
export function recordOfOrphan(intent: IntentRecord, sent: boolean): UsageRecorded {
  const { usage } = intent;
  if (!sent) {
    return { ...usage, outcome: Outcome.OUTCOME_NOT_SENT, grants: usage.grants.map((grant) => ({ ...grant, held: '0' })) };
  }
  const quantities: Record<string, string> = { input_tokens: String(Math.max(1, Math.ceil(intent.inputBytes / BYTES_PER_TOKEN))) };
  if (usage.operation !== 'embeddings') {
    quantities['output_tokens'] = String(intent.outputBound > 0 ? Math.min(intent.outputBound, USUAL_OUTPUT_TOKENS) : USUAL_OUTPUT_TOKENS);
  }
  return { ...usage, outcome: Outcome.OUTCOME_CLIENT_CUT, quantities, estimated: true };
}
