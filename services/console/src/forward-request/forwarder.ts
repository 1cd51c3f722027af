import { Injectable, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { context, propagation } from '@opentelemetry/api';
import { Agent, type Dispatcher } from 'undici';
import { CONSOLE_CONFIG, urlsOf, type ConsoleConfig, type ForwardedService } from '../console.config';
import type { LimitedBody } from './limited-body';
import { answerLost, answerTooSlow, serviceAway } from './upstream-problems';

/** What is sent on to a service. */
export interface ForwardedRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Path and query as the client sent them. */
  readonly url: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: LimitedBody | null;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

const CONNECT_MS = 2_000;
const ANSWER_MS = 60_000;
const ROUNDS = 2;
const PAUSE_MS = 150;
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const SAFE = new Set(['GET', 'HEAD']);

/**
 * Sends requests on to the services and streams what they answer. A request is repeated at the service's next base URL when it cannot have arrived, and,
 * if it changes nothing, whenever its connection broke before the answer began.
 */
@Injectable()
export class Forwarder implements OnApplicationShutdown {
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    keepAliveTimeout: 4_000,
    connections: 64,
  });

  constructor(@Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig) {}

  /** The answer as it begins. Throws the 503 or 504 that tells the client whether to send again. */
  async forward(service: ForwardedService, request: ForwardedRequest): Promise<Dispatcher.ResponseData> {
    let failure: unknown;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      for (const url of urlsOf(this.config, service)) {
        try {
          return await this.#send(url, request);
        } catch (error) {
          failure = error;
          if (request.signal.aborted || !mayRepeat(error, request)) throw toProblem(error, service);
        }
      }
    }
    throw toProblem(failure, service);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent.destroy();
  }

  #send(baseUrl: string, { method, url, headers, body, signal }: ForwardedRequest): Promise<Dispatcher.ResponseData> {
    const base = new URL(baseUrl);
    const traced = { ...headers };
    propagation.inject(context.active(), traced);
    return this.#agent.request({
      origin: base.origin,
      path: base.pathname.replace(/\/$/, '') + url,
      method,
      headers: traced,
      // A generator of its own for every attempt; nothing is read before the connection stands.
      body: body === null ? null : (body[Symbol.asyncIterator]() as unknown as Dispatcher.DispatchOptions['body']),
      signal,
    });
  }
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function mayRepeat(error: unknown, request: ForwardedRequest): boolean {
  if (request.body?.begun) return false;
  if (NOT_SENT.has(codeOf(error))) return true;
  return SAFE.has(request.method) && codeOf(error) !== 'UND_ERR_HEADERS_TIMEOUT';
}

function toProblem(error: unknown, service: ForwardedService): unknown {
  const code = codeOf(error);
  if (NOT_SENT.has(code)) return serviceAway(service);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return answerTooSlow(service);
  return code.startsWith('UND_ERR_') || code === 'ECONNRESET' || code === 'EPIPE' ? answerLost(service) : error;
}
