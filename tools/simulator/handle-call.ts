import type { IncomingMessage, ServerResponse } from 'node:http';
import { chatCompletion, embeddings, errorBody, sendJson } from './answer-plain';
import { streamChat } from './answer-stream';
import type { Book, BookEntry } from './book';
import { scriptIn, type Script } from './script';
import { countChat, usageBlock } from './usage';
import type { Vendor } from './vendors';

interface CallBody {
  model?: unknown;
  messages?: unknown;
  input?: unknown;
  stream?: unknown;
  stream_options?: { include_usage?: unknown } | null;
  max_tokens?: unknown;
  max_completion_tokens?: unknown;
  encoding_format?: unknown;
}

const TEXT = 'Of course. Here is an answer.';
let answers = 0;

/** Answers one POST of the vendor and writes what it answered into the book. */
export async function handleCall(
  vendor: Vendor,
  endpoint: string,
  request: IncomingMessage,
  response: ServerResponse,
  raw: Buffer,
  book: Book,
): Promise<void> {
  const text = raw.toString('utf8');
  let body: CallBody;
  try {
    body = JSON.parse(text) as CallBody;
  } catch {
    return sendJson(response, 400, errorBody('We could not parse the JSON body of your request.', 'invalid_request_error', null));
  }
  if (typeof body.model !== 'string')
    return sendJson(response, 400, errorBody('you must provide a model parameter', 'invalid_request_error', null));
  if (/no-such-model/.test(body.model)) {
    return sendJson(
      response,
      404,
      errorBody(`The model \`${body.model}\` does not exist or you do not have access to it.`, 'invalid_request_error', 'model_not_found'),
    );
  }
  const script = scriptIn(text, body);
  if (script?.latencyMs) await new Promise((resume) => setTimeout(resume, script.latencyMs));
  if (script?.hang) return;
  answers += 1;
  const entry: BookEntry = {
    at: 0,
    attemptId: (request.headers['x-tollgate-attempt-id'] as string | undefined) ?? null,
    answerId: `${endpoint === '/embeddings' ? 'embd' : 'chatcmpl'}-${process.pid.toString(36)}${Date.now().toString(36)}${answers.toString(36)}`,
    provider: vendor.id,
    model: body.model,
    endpoint,
    streamed: body.stream === true,
    status: 200,
    usage: null,
    end: 'sent',
  };
  response.on('close', () => {
    entry.at = Date.now();
    if (!response.writableFinished) entry.end = 'cut';
    book.add(entry);
  });
  if (script?.status !== undefined && script.status !== 200) {
    entry.status = script.status;
    const retry: Record<string, number> = script.retryAfter === undefined ? {} : { 'retry-after': script.retryAfter };
    return sendJson(
      response,
      script.status,
      errorBody('The simulator was told to fail.', script.status === 429 ? 'rate_limit_exceeded' : 'server_error', null),
      retry,
    );
  }
  if (script?.garbage) {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>502 Bad Gateway</body></html>');
    return;
  }
  if (endpoint === '/embeddings') return answerEmbeddings(entry, body, raw.length, response, script);
  return answerChat(vendor, entry, body, raw.length, response, script);
}

async function answerChat(
  vendor: Vendor,
  entry: BookEntry,
  body: CallBody,
  bytes: number,
  response: ServerResponse,
  script: Script | undefined,
): Promise<void> {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  const counted = countChat(bytes, entry.model, typeof limit === 'number' ? limit : undefined);
  entry.usage = script?.noUsage ? null : { ...usageBlock(vendor.dialect, counted), ...script?.usage };
  const created = Math.floor(Date.now() / 1000);
  if (body.stream === true) {
    const includeUsage = body.stream_options?.include_usage === true;
    await streamChat(response, {
      id: entry.answerId,
      created,
      model: entry.model,
      usage: entry.usage,
      includeUsage,
      groq: vendor.dialect === 'groq',
      script,
    });
    return;
  }
  const text = script?.textLength === undefined ? TEXT : 'x'.repeat(script.textLength);
  const answer = chatCompletion(entry.answerId, created, entry.model, text, entry.usage);
  if (script?.cut) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.write(answer.slice(0, answer.length >> 1), () => response.destroy());
    return;
  }
  sendJson(response, 200, answer, { 'x-request-id': entry.answerId });
}

function answerEmbeddings(entry: BookEntry, body: CallBody, bytes: number, response: ServerResponse, script: Script | undefined): void {
  const tokens = Math.ceil(bytes / 4);
  entry.usage = script?.noUsage ? null : { prompt_tokens: tokens, total_tokens: tokens, ...script?.usage };
  const inputs = Array.isArray(body.input) && typeof body.input[0] !== 'number' ? body.input.length : 1;
  sendJson(response, 200, embeddings(entry.model, inputs, body.encoding_format === 'base64', entry.usage), {
    'x-request-id': entry.answerId,
  });
}
