import type { IncomingMessage, ServerResponse } from 'node:http';
import { chatCompletion, embeddings, errorBody, sendJson } from './answer-plain';
import { streamChat } from './answer-stream';
import type { Book, BookEntry } from './book';
import { type CallBody, readCall } from './read-call';
import { scriptedText, scriptIn, type Script } from './script';
import { countChat, usageText } from './usage';
import type { Vendor } from './vendors';

const TEXT = 'Of course. Here is an answer.';
const idPrefix = `${process.pid.toString(36)}${Date.now().toString(36)}`;
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
  const call = readCall(text, endpoint);
  if ('refusal' in call) return sendJson(response, call.status, call.refusal);
  const { body } = call;
  const script = scriptIn(text, body);
  if (script?.latencyMs) await new Promise((resume) => setTimeout(resume, script.latencyMs));
  if (script?.hang) return;
  answers += 1;
  const entry: BookEntry = {
    at: 0,
    attemptId: (request.headers['x-tollgate-attempt-id'] as string | undefined) ?? null,
    answerId: `${endpoint === '/embeddings' ? 'embd' : 'chatcmpl'}-${idPrefix}${answers.toString(36).padStart(6, '0')}`,
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
  if (script?.status !== undefined && script.status !== 200) return fail(entry, response, script, script.status);
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
  const choices = typeof body.n === 'number' && body.n > 1 ? Math.floor(body.n) : 1;
  entry.usage = steered(
    usageText(vendor.dialect, countChat(bytes, entry.model, typeof limit === 'number' ? limit : undefined, choices)),
    script,
  );
  const { answerId: id, model, usage } = entry;
  const created = Math.floor(Date.now() / 1000);
  const groq = vendor.dialect === 'groq';
  if (body.stream === true) {
    const includeUsage = body.stream_options?.include_usage === true;
    await streamChat(response, {
      id,
      created,
      model,
      usage,
      includeUsage,
      usageInLastChunk: vendor.streamUsage === 'last',
      groq,
      choices,
      script,
    });
    return;
  }
  const text = scriptedText(script) ?? TEXT;
  const answer = chatCompletion({ id, created, model, text, choices, usage, more: groq ? `,"x_groq":{"id":"req_${id}"}` : '' });
  if (script?.cut) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.write(answer.slice(0, answer.length >> 1), () => response.destroy());
    return;
  }
  sendJson(response, 200, answer, { 'x-request-id': id });
}

function answerEmbeddings(entry: BookEntry, body: CallBody, bytes: number, response: ServerResponse, script: Script | undefined): void {
  const tokens = Math.ceil(bytes / 4);
  entry.usage = steered(`{"prompt_tokens":${tokens},"total_tokens":${tokens}}`, script);
  const inputs = Array.isArray(body.input) && typeof body.input[0] !== 'number' ? body.input.length : 1;
  sendJson(response, 200, embeddings(entry.model, inputs, body.encoding_format === 'base64', entry.usage), {
    'x-request-id': entry.answerId,
  });
}

/** The usage as the script wants it. */
function steered(usage: string, script: Script | undefined): string | null {
  if (script?.noUsage) return null;
  return script?.usage === undefined ? usage : JSON.stringify({ ...(JSON.parse(usage) as object), ...script.usage });
}

/** What OpenAI calls an error of this status (Guides, "Error codes"). */
function fail(entry: BookEntry, response: ServerResponse, script: Script, status: number): void {
  entry.status = status;
  const [type, code] = ERRORS[status] ?? (status < 500 ? ['invalid_request_error', null] : ['server_error', null]);
  sendJson(response, status, errorBody('The simulator was told to fail.', type, code), {
    'x-request-id': entry.answerId,
    ...(script.retryAfter !== undefined && { 'retry-after': script.retryAfter }),
  });
}

const ERRORS: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
};
