import type { Dispatcher } from 'undici';
import { Webhook } from 'standardwebhooks';

/** What came of one try. */
export interface TryResult {
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  readonly error: string | null;
  /** The first characters of the answer. */
  readonly excerpt: string | null;
  readonly durationMs: number;
}

export interface WebhookMessage {
  /** The same at every try: receivers drop what they have seen. */
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** The current one first; while a rotation overlaps, the one before it too. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

const TIMEOUT_MS = 10_000;
const EXCERPT_CHARACTERS = 500;
const MAX_READ_BYTES = 16 * 1024;

/** Headers of Standard Webhooks: the signature covers id, timestamp and body. */
export function webhookHeaders({ id, body, secrets, nowMs }: WebhookMessage): Record<string, string> {
  const timestamp = new Date(nowMs);
  return {
    'content-type': 'application/json',
    'user-agent': 'Tollgate-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, timestamp, body)).join(' '),
  };
}

/** Sends one try; never throws. Of the answer no more than an excerpt is read. Redirects are not followed. */
export async function postWebhook(dispatcher: Dispatcher, message: WebhookMessage): Promise<TryResult> {
  const started = performance.now();
  const durationMs = () => Math.round(performance.now() - started);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)), TIMEOUT_MS);
  try {
    const { origin, pathname, search } = new URL(message.url);
    const response = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: webhookHeaders(message),
      body: message.body,
      signal: abort.signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const excerpt = await excerptOf(response.body).catch(() => null);
    return { status: response.statusCode, error: null, excerpt, durationMs: durationMs() };
  } catch (error) {
    return { status: null, error: (error as Error).message.slice(0, EXCERPT_CHARACTERS), excerpt: null, durationMs: durationMs() };
  } finally {
    clearTimeout(timer);
  }
}

/** The status has decided already: what can't be read of the answer is left. */
async function excerptOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_READ_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\u0000', '').slice(0, EXCERPT_CHARACTERS);
  return text === '' ? null : text;
}
