const SENSITIVE_NAMES = new Set(
  `authorization proxy-authorization x-api-key x-goog-api-key api-key apikey api_key x-tollgate-internal cookie set-cookie secret secrets password pepper
  token accesstoken key privatekey adminkey encryptionkey encryptedsecret ciphertext prompt prompts messages content input answer answers completion
  choices body rawbody`.split(/\s+/),
);
const SECRET_TEXTS =
  /\b(?:tg_[A-Za-z0-9_]{8,}|sk-[A-Za-z0-9_-]{8,}|AIza[A-Za-z0-9_-]{16,}|whsec_[A-Za-z0-9+/=]{8,})|\bBearer\s+[A-Za-z0-9._~+/=-]{8,}|(?<=\/\/[^\s:/@]{1,64}:)[^\s@/]+(?=@)/g;
const DEPTH_LIMIT = 6;

/** What stands in a log line in the place of a secret, a prompt or an answer. */
export const REDACTED = '[redacted]';

/** Hides keys, bearer tokens and URL passwords that stand inside a text. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXTS, REDACTED);
}

/**
 * A copy of a log entry without secrets, prompts and answers (invariant 11): members with telling names are replaced at any depth, and keys inside
 * any text. Errors keep their name, message, code and stack. Deeper than six levels is cut.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEPTH_LIMIT) return '[deep]';
  if (value instanceof Date) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, SENSITIVE_NAMES.has(name.toLowerCase()) ? REDACTED : redact(member, depth + 1)]),
  );
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    ...(code === undefined ? {} : { code }),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}
