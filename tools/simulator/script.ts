/** How a single answer is steered. Everything is optional; README.md explains each. */
export interface Script {
  /** Overrides members of the usage block. */
  readonly usage?: Readonly<Record<string, unknown>>;
  /** No usage block at all. */
  readonly noUsage?: boolean;
  /** Wait before the first byte, ms. */
  readonly latencyMs?: number;
  /** Content chunks of a stream; default 8. */
  readonly chunks?: number;
  /** Wait between two chunks, ms. */
  readonly chunkDelayMs?: number;
  /** Cut the connection after so many chunks of a stream. */
  readonly cutAfterChunks?: number;
  /** Cut a plain answer in its middle. */
  readonly cut?: boolean;
  /** Answer with this status and the vendor's error shape. */
  readonly status?: number;
  /** Seconds for `Retry-After`. */
  readonly retryAfter?: number;
  /** Answer 200 with an HTML page. */
  readonly garbage?: boolean;
  /** Accept the request and never answer. */
  readonly hang?: boolean;
  /** Length of the answer's text, characters. */
  readonly textLength?: number;
  /** The answer's text in base64, so that the request does not hold it as well: whole in a plain answer, the first content of a stream. */
  readonly textBase64?: string;
}

const MARK = 'simulate: {';

/** Finds `simulate: {…}` in a message's text. Undefined when there is none or it is not JSON. */
export function scriptIn(body: string, request: { messages?: unknown; input?: unknown }): Script | undefined {
  if (!body.includes('simulate: ')) return undefined;
  for (const text of textsOf(request)) {
    const start = text.indexOf(MARK);
    if (start < 0) continue;
    const json = text.slice(start + MARK.length - 1, text.lastIndexOf('}') + 1);
    try {
      return JSON.parse(json) as Script;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function* textsOf({ messages, input }: { messages?: unknown; input?: unknown }): Generator<string> {
  if (typeof input === 'string') yield input;
  if (!Array.isArray(messages)) return;
  for (const message of messages as { content?: unknown }[]) {
    if (typeof message?.content === 'string') yield message.content;
    else if (Array.isArray(message?.content))
      for (const part of message.content as { text?: unknown }[]) if (typeof part?.text === 'string') yield part.text;
  }
}

/** The text that the script has the answer say; undefined for the usual one. */
export function scriptedText(script: Script | undefined): string | undefined {
  if (script?.textBase64 !== undefined) return Buffer.from(script.textBase64, 'base64').toString('utf8');
  return script?.textLength === undefined ? undefined : 'x'.repeat(script.textLength);
}
