import { JsonScanError, scanMembers, type JsonMember } from '../json/scan-members';
import type { ExtractedUsage } from '../usage';
import { extractOpenAiUsage } from './extract-usage';

/** What is read from an answer of the OpenAI shape. */
export interface OpenAiAnswer {
  /** Undefined when the answer has no usage block: the caller estimates and flags. */
  readonly usage: ExtractedUsage | undefined;
  /** The model that answered, as the provider names it. */
  readonly model: string | undefined;
  /** Of the last choice, such as `stop` or `length`. */
  readonly finishReason: string | undefined;
  /** Whether the answer was whole: a JSON object, or a stream up to its `[DONE]`. */
  readonly complete: boolean;
}

const FINISH_REASON = /"finish_reason"\s*:\s*"([^"\\]{1,64})"/g;
/** Up to this size, parsing the whole answer takes less time than finding its members. */
const PARSED_BYTES = 16_384;
const INCOMPLETE: OpenAiAnswer = { usage: undefined, model: undefined, finishReason: undefined, complete: false };
/** How far from a text's end the finish reason is looked for. */
const FINISH_TAIL_BYTES = 4096;

/**
 * Reads usage, model and finish of a plain chat or embeddings answer from its raw bytes, parsing only those members: vectors and long texts are skipped.
 * Garbage gives an incomplete answer without usage, never an exception.
 */
export function readOpenAiAnswer(body: Buffer, provider: string): OpenAiAnswer {
  try {
    if (body.length <= PARSED_BYTES) return readParsed(JSON.parse(body.toString('utf8')), provider);
    const { members } = scanMembers(body);
    const choices = lastMember(members, 'choices');
    return {
      usage: withServiceTier(
        extractOpenAiUsage(parseMember(body, lastMember(members, 'usage')), provider),
        parseMember(body, lastMember(members, 'service_tier')),
      ),
      model: asText(parseMember(body, lastMember(members, 'model'))),
      finishReason: choices && lastFinishReason(body.subarray(choices.valueStart, choices.valueEnd)),
      complete: true,
    };
  } catch (error) {
    if (error instanceof JsonScanError || error instanceof SyntaxError) return INCOMPLETE;
    throw error;
  }
}

function readParsed(answer: unknown, provider: string): OpenAiAnswer {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return INCOMPLETE;
  const { usage, service_tier: tier, model, choices } = answer as Record<string, unknown>;
  const last: unknown = Array.isArray(choices) ? choices.at(-1) : undefined;
  return {
    usage: withServiceTier(extractOpenAiUsage(usage, provider), tier),
    model: asText(model),
    finishReason: asText((last as { finish_reason?: unknown } | null | undefined)?.finish_reason),
    complete: true,
  };
}

/** Adds the tier that the call was served in to what was extracted. */
export function withServiceTier(usage: ExtractedUsage | undefined, tier: unknown): ExtractedUsage | undefined {
  return usage && typeof tier === 'string' && tier
    ? { ...usage, attributes: { ...usage.attributes, service_tier: tier.slice(0, 64) } }
    : usage;
}

/** The last finish reason in the end of a text. */
export function lastFinishReason(text: Buffer): string | undefined {
  const tail = text.toString('latin1', Math.max(0, text.length - FINISH_TAIL_BYTES));
  return [...tail.matchAll(FINISH_REASON)].at(-1)?.[1];
}

function lastMember(members: readonly JsonMember[], key: string): JsonMember | undefined {
  return members.findLast((member) => member.key === key);
}

function parseMember(body: Buffer, member: JsonMember | undefined): unknown {
  return member && JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd));
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
