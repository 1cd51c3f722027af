import { JsonScanError, scanDocument, scanMembers, type JsonMember } from '../json/scan-members';

/** A request body of the OpenAI shape, as far as a gateway has to know it. Its bytes stay as they are. */
export interface OpenAiRequest {
  readonly body: Buffer;
  readonly objectStart: number;
  readonly members: readonly JsonMember[];
  /** Undefined when missing or not a text. */
  readonly model: string | undefined;
  readonly stream: boolean;
  /** The client asked for the usage-only chunk itself. */
  readonly includesUsage: boolean;
  /** The smaller of max_tokens and max_completion_tokens; undefined when the client set none. */
  readonly maxOutputTokens: number | undefined;
  /** Choices asked for; 1 by default. */
  readonly n: number;
  /** The parsed `metadata`, an object or undefined. */
  readonly metadata: Record<string, unknown> | undefined;
  /** Members that we read and that occur more than once: the last counts, as in JSON.parse, but a vendor might see it otherwise. */
  readonly duplicates: readonly string[];
}

const READ = new Set(['model', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n', 'metadata']);

/**
 * Reads a chat or embeddings request from its raw bytes. Throws JsonScanError for a body that is no JSON object, and RequestShapeError naming the member
 * whose value cannot be right; values that only the vendor can judge are left to it.
 */
export function readOpenAiRequest(body: Buffer): OpenAiRequest {
  const { members, start } = scanDocument(body);
  const last = new Map<string, JsonMember>();
  const duplicates = new Set<string>();
  for (const member of members) {
    if (!READ.has(member.key)) continue;
    if (last.has(member.key)) duplicates.add(member.key);
    last.set(member.key, member);
  }
  const value = (key: string): unknown => parseValue(body, last.get(key));
  const model = value('model');
  const metadata = value('metadata');
  const bounds = ['max_completion_tokens', 'max_tokens'].map((key) => wholeNumber(key, value(key))).filter((bound) => bound !== undefined);
  return {
    body,
    objectStart: start,
    members,
    model: typeof model === 'string' ? model : undefined,
    stream: flag('stream', value('stream')),
    includesUsage: asksForUsage(body, last.get('stream_options')),
    maxOutputTokens: bounds.length > 0 ? Math.min(...bounds) : undefined,
    n: wholeNumber('n', value('n')) ?? 1,
    metadata:
      typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? (metadata as Record<string, unknown>) : undefined,
    duplicates: [...duplicates],
  };
}

/** A member's value cannot be right. */
export class RequestShapeError extends Error {
  override readonly name = 'RequestShapeError';
  constructor(
    readonly member: string,
    expected: string,
  ) {
    super(`${member} must be ${expected}`);
  }
}

function parseValue(body: Buffer, member: JsonMember | undefined): unknown {
  if (!member) return undefined;
  try {
    return JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd));
  } catch {
    throw new JsonScanError(`Malformed value of ${member.key}`, member.valueStart);
  }
}

function wholeNumber(key: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new RequestShapeError(key, 'a whole number of at least 1');
  return value;
}

function flag(key: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new RequestShapeError(key, 'true or false');
  return value;
}

function asksForUsage(body: Buffer, options: JsonMember | undefined): boolean {
  if (!options || body[options.valueStart] !== 0x7b) return false;
  const asked = scanMembers(body, options.valueStart).members.findLast(({ key }) => key === 'include_usage');
  return parseValue(body, asked) === true;
}
