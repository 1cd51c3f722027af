import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@tollgate/platform/observability';
import { Problem, type ProblemDetails } from './problem';
import { toProblem } from './to-problem';

/** Turns every error into application/problem+json (RFC 9457). Defects of ours are logged and answered by a trace id alone. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    sendProblem(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), error, this.logger);
  }
}

/** Answers a Fastify request with the problem that an error means. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, logger: Logger): void {
  const problem = toProblem(error) ?? unexpected(request, error, logger);
  if (problem.status === 503) logger.warn({ err: error, path: pathOf(request) }, 'answered 503');
  if (reply.sent) return;
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', String(problem.retryAfterSeconds));
  const body: ProblemDetails = problem.toDetails(pathOf(request));
  void reply.status(problem.status).type('application/problem+json; charset=utf-8').send(body);
}

function unexpected(request: FastifyRequest, error: unknown, logger: Logger): Problem {
  const traceId = trace.getActiveSpan()?.spanContext().traceId ?? request.id;
  logger.error({ err: error, method: request.method, path: pathOf(request), traceId }, 'unexpected error');
  return new Problem({
    status: 500,
    code: 'internal_error',
    title: 'Something went wrong on our side',
    detail: 'The request failed for a reason that is not yours.',
    fix: 'Try again; if it stays so, tell the operator the trace id.',
    traceId,
  });
}

/** The path alone: a query may hold what should not be repeated. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
