import type { ServerResponse } from 'node:http';
import type { Script } from './script';

const CUT_AFTER_MS = 10;
const WORDS = ['Of', ' course', '.', ' Here', ' is', ' an', ' answer', '.'];

/** What a stream is made of. */
export interface StreamedAnswer {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly usage: Record<string, unknown> | null;
  /** The client asked for `stream_options.include_usage`: one more chunk without choices, and `usage: null` on all others. */
  readonly includeUsage: boolean;
  /** Groq words the usage of a stream in its last chunk under `x_groq`, whether asked or not. */
  readonly groq: boolean;
  readonly script: Script | undefined;
}

/**
 * Streams chat completion chunks (API reference, "The chat completion chunk object") and `[DONE]`. Resolves true when all was written, false when the
 * script or the caller cut the connection.
 */
export async function streamChat(response: ServerResponse, answer: StreamedAnswer): Promise<boolean> {
  const { script, usage, includeUsage } = answer;
  const chunks = script?.chunks ?? WORDS.length;
  const tail = includeUsage ? ',"usage":null' : '';
  const head = `data: {"id":"${answer.id}","object":"chat.completion.chunk","created":${answer.created},"model":${JSON.stringify(answer.model)},"service_tier":"default","system_fingerprint":"fp_simulator","choices":`;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.write(
    `${head}[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]${tail}}\n\n`,
  );
  for (let n = 0; n < chunks; n += 1) {
    if (script?.cutAfterChunks === n) return cut(response);
    if (response.destroyed) return false;
    const more = response.write(
      `${head}[{"index":0,"delta":{"content":${JSON.stringify(WORDS[n % WORDS.length])}},"logprobs":null,"finish_reason":null}]${tail}}\n\n`,
    );
    if (script?.chunkDelayMs) await new Promise((resume) => setTimeout(resume, script.chunkDelayMs));
    else if (!more) await drained(response);
  }
  if (script?.cutAfterChunks === chunks) return cut(response);
  const groq = answer.groq && usage !== null ? `,"x_groq":{"id":"req_${answer.id}","usage":${JSON.stringify(usage)}}` : '';
  response.write(`${head}[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]${tail}${groq}}\n\n`);
  if (includeUsage && usage !== null) response.write(`${head}[],"usage":${JSON.stringify(usage)}}\n\n`);
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
