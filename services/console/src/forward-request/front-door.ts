import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { INTERNAL_TOKEN_HEADER, sendProblem, signInternalToken } from '@tollgate/platform/http';
import { createLogger } from '@tollgate/platform/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher } from 'undici';
import { CallerAuthenticator } from '../authenticate-caller/caller-authenticator';
import { organizationSuspended } from '../authenticate-caller/credential-problems';
import { callerOf, type KnownKey } from '../authenticate-caller/known-key';
import { CONSOLE_CONFIG, type ConsoleConfig } from '../console.config';
import { Forwarder } from './forwarder';
import { bodyOf } from './limited-body';
import { requestHeaders, responseHeaders } from './passed-headers';
import { serviceOf } from './routes';
import { noSuchRoute } from './upstream-problems';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Everything under /api/v1 that the console does not answer itself: says who is calling, in a token that lives for a minute, and lets the service that
 * owns the path answer. What the caller may do there is the service's to judge.
 */
@Injectable()
export class FrontDoor {
  readonly #logger = createLogger('front-door');

  constructor(
    private readonly authenticator: CallerAuthenticator,
    private readonly forwarder: Forwarder,
    @Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Adds the routes in a scope of their own, where bodies are not parsed but streamed. */
  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      scope.route({
        method: [...METHODS],
        url: '/api/v1/*',
        exposeHeadRoute: false,
        handler: (request, reply) => this.#answer(request, reply),
      });
    });
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const key = await this.authenticator.authenticate(request.headers.authorization);
      if (key.organization?.status === 'suspended' && request.method !== 'GET' && request.method !== 'HEAD') throw organizationSuspended();
      const answer = await this.#forward(request, reply, key);
      return await reply.status(answer.statusCode).headers(responseHeaders(answer.headers)).send(answer.body);
    } catch (error) {
      if (!request.raw.complete) dropRest(request, reply);
      if (!reply.raw.destroyed) sendProblem(request, reply, error, this.#logger);
      return reply;
    }
  }

  async #forward(request: FastifyRequest, reply: FastifyReply, key: KnownKey): Promise<Dispatcher.ResponseData> {
    const url = request.raw.url ?? '/';
    const service = serviceOf(url);
    if (!service) throw noSuchRoute(url);
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    const token = await signInternalToken(callerOf(key), this.config.TOLLGATE_INTERNAL_SECRET, this.clock.now());
    return this.forwarder.forward(service, {
      method: request.method as Dispatcher.HttpMethod,
      url,
      headers: { ...requestHeaders(request.headers), [INTERNAL_TOKEN_HEADER]: token },
      body: bodyOf(request.raw),
      signal: gone.signal,
    });
  }
}

/** A body that nobody will read must not hold the connection open: what still comes is thrown away until the answer is out, then the connection ends. */
function dropRest(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('connection', 'close');
  request.raw.resume();
}
