import type { ServerResponse } from 'node:http';
import { scriptedText, type Script } from './script';

const CUT_AFTER_MS = 10;
const WORDS = ['Of', ' course', '.', ' Here', ' is', ' an', ' answer', '.'];
const WORD_DELTAS = WORDS.map((word) => JSON.stringify({ content: word }));

/** What a stream is made of. */
export interface StreamedAnswer {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  /** As JSON; null for none at all. */
  readonly usage: string | null;
  /** The client asked for `stream_options.include_usage`: one more chunk without choices, and `usage: null` on all others. */
  readonly includeUsage: boolean;
  /** The vendor puts the usage into the chunk with the finish reason, asked or not, and sends no other. */
  readonly usageInLastChunk: boolean;
  /** Groq words the usage of a stream in its last chunk under `x_groq`, whether asked or not. */
  readonly groq: boolean;
  readonly choices: number;
  readonly script: Script | undefined;
}

/**
 * Streams chat completion chunks (API reference, "The chat completion chunk object") and `[DONE]`. Resolves true when all was written, false when the
 * script or the caller cut the connection.
 */
export async function streamChat(response: ServerResponse, answer: StreamedAnswer): Promise<boolean> {
  const { script, usage, choices, usageInLastChunk } = answer;
  const chunks = script?.chunks ?? WORDS.length;
  const scripted = scriptedText(script);
  const first = scripted === undefined ? WORD_DELTAS[0]! : JSON.stringify({ content: scripted });
  const asked = answer.includeUsage && !usageInLastChunk;
  const head = `data: {"id":"${answer.id}","object":"chat.completion.chunk","created":${answer.created},"model":${JSON.stringify(answer.model)},"service_tier":"default","system_fingerprint":"fp_simulator","choices":`;
  const tail = `${asked ? ',"usage":null' : ''}}\n\n`;
  const chunk = (index: number, delta: string, finish = 'null', more = ''): string =>
    `${head}[{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${more}${tail}`;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-request-id': answer.id });
  for (let index = 0; index < choices; index += 1) response.write(chunk(index, '{"role":"assistant","content":"","refusal":null}'));
  for (let n = 0; n < chunks; n += 1) {
    if (script?.cutAfterChunks === n) return cut(response);
    if (response.destroyed) return false;
    const more = response.write(chunk(n % choices, n === 0 ? first : WORD_DELTAS[n % WORD_DELTAS.length]!));
    if (script?.chunkDelayMs) await new Promise((resume) => setTimeout(resume, script.chunkDelayMs));
    else if (!more) await drained(response);
  }
  if (script?.cutAfterChunks === chunks) return cut(response);
  for (let index = 0; index < choices; index += 1) {
    const last = index === choices - 1 && usage !== null;
    const own =
      last && usageInLastChunk ? `,"usage":${usage}` : last && answer.groq ? `,"x_groq":{"id":"req_${answer.id}","usage":${usage}}` : '';
    response.write(chunk(index, '{}', '"stop"', own));
  }
  if (asked && usage !== null) response.write(`${head}[],"usage":${usage}}\n\n`);
  response.end('data: [DONE]\n\n');
  return !response.destroyed;
}

/** Ends the connection in the middle of the answer, once what was written has left. */
function cut(response: ServerResponse): Promise<false> {
  return new Promise((done) => {
    setTimeout(() => {
      response.destroy();
      done(false);
    }, CUT_AFTER_MS);
  });
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resume) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resume();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
