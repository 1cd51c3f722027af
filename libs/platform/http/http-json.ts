import { context, propagation } from '@opentelemetry/api';
import { Agent } from 'undici';
import { INTERNAL_TOKEN_HEADER } from './internal-token';

/** How to call another service of ours. */
export interface HttpJsonOptions {
  /** GET by default. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The internal token, see `signInternalToken` and `serviceToken`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For one attempt, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
  /** How often the whole list of URLs is tried; 2 by default. */
  readonly rounds?: number;
}

/** The other service answered with an error, or (status 0) nobody answered. */
export class HttpJsonError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** The answer's body, a problem as a rule. */
    readonly body: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpJsonError';
  }
}

const agent = new Agent({ keepAliveTimeout: 10_000, connections: 32, connect: { timeout: 2_000 } });
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const AWAY = new Set([502, 503, 504]);

/**
 * Calls another service by JSON over the list of its base URLs, each in turn. A GET is repeated after any failure of the connection and after 502–504;
 * other methods only when the request cannot have arrived or was answered 503.
 * @throws HttpJsonError on an error answer, and when nobody answers.
 */
export async function httpJson<T>(urls: readonly string[], path: string, options: HttpJsonOptions = {}): Promise<T> {
  const rounds = options.rounds ?? 2;
  let failure = new HttpJsonError('no base URL was given', 0, undefined);
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, 100 * round));
    for (const url of urls) {
      try {
        return await callOnce<T>(url, path, options);
      } catch (error) {
        failure = error as HttpJsonError;
        if (!isRepeatable(failure, options.method ?? 'GET')) throw failure;
      }
    }
  }
  throw failure;
}

async function callOnce<T>(baseUrl: string, path: string, options: HttpJsonOptions): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (options.token !== undefined) headers[INTERNAL_TOKEN_HEADER] = options.token;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  propagation.inject(context.active(), headers);
  const base = new URL(baseUrl);
  try {
    const response = await agent.request({
      origin: base.origin,
      path: base.pathname.replace(/\/$/, '') + path,
      method: options.method ?? 'GET',
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: AbortSignal.timeout(options.timeoutMs ?? 5_000),
    });
    const text = await response.body.text();
    const body = text === '' ? undefined : parse(text);
    if (response.statusCode < 400) return body as T;
    throw new HttpJsonError(`${base.host} answered ${response.statusCode} to ${pathOnly(path)}`, response.statusCode, body);
  } catch (error) {
    if (error instanceof HttpJsonError) throw error;
    throw new HttpJsonError(`${base.host} did not answer to ${pathOnly(path)}: ${(error as Error).message}`, 0, undefined, {
      cause: error,
    });
  }
}

function isRepeatable(error: HttpJsonError, method: string): boolean {
  if (method === 'GET') return error.status === 0 || AWAY.has(error.status);
  return error.status === 503 || (error.status === 0 && NOT_SENT.has(String((error.cause as { code?: unknown } | undefined)?.code)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pathOnly(path: string): string {
  return path.split('?', 1)[0] ?? path;
}
