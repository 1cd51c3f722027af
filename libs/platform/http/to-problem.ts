import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { isTransient, sqlState } from '@tollgate/platform/database';
import { Problem } from './problem';
import { zodProblem } from './zod-problem';

const DATABASE_RETRY_SECONDS = 2;

/**
 * What the caller is told about an error, whatever threw it. Undefined when it is a defect of ours: then the answer is a 500 that carries nothing but
 * a trace id.
 */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError || error instanceof z.core.$ZodError) return zodProblem(error);
  if (isTransient(error)) return unavailable();
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  const byState = ofSqlState(sqlState(error));
  if (byState) return byState;
  const { statusCode, message } = (error ?? {}) as { statusCode?: unknown; message?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? ofStatus(statusCode, String(message)) : undefined;
}

/** 503 of something that we need and that is away for the moment. */
export function unavailable(detail = 'The database does not answer at the moment.'): Problem {
  return new Problem({
    status: 503,
    code: 'temporarily_unavailable',
    title: 'Temporarily unavailable',
    detail,
    fix: `Try again after ${DATABASE_RETRY_SECONDS} seconds; nothing was changed.`,
    retryAfterSeconds: DATABASE_RETRY_SECONDS,
  });
}

/** A value that PostgreSQL refuses to read was never the id, text or number of anything. */
function ofSqlState(state: string | undefined): Problem | undefined {
  if (state === '57014') {
    return new Problem({
      status: 503,
      code: 'took_too_long',
      title: 'The question took too long',
      detail: 'The answer was not ready in time.',
      fix: 'Ask for less at once, such as a shorter span, or try again.',
      retryAfterSeconds: DATABASE_RETRY_SECONDS,
    });
  }
  if (state === '22P02')
    return new Problem({
      status: 404,
      code: 'not_found',
      title: 'Not found',
      detail: 'There is nothing with such an id.',
      fix: 'Check the id.',
    });
  if (state === '22021' || state === '22P05' || state === '22003' || state === '22007' || state === '22008' || state === '22001') {
    return new Problem({
      status: 400,
      code: 'invalid_request',
      title: 'The request is not valid',
      detail: 'A value is out of range or holds characters that cannot be stored.',
      fix: 'Check numbers, times and texts; texts must not hold a NUL character.',
    });
  }
  return undefined;
}

const KNOWN_STATUSES: Record<number, { code: string; title: string; detail?: string; fix: string }> = {
  400: {
    code: 'malformed_request',
    title: 'The request is malformed',
    fix: 'Send a well-formed request; a body must be JSON with content-type application/json.',
  },
  401: { code: 'unauthenticated', title: 'Who are you?', fix: 'Send a valid key as Authorization: Bearer tg_….' },
  403: { code: 'forbidden', title: 'Not allowed', fix: 'Use a key with the scope that this needs.' },
  404: { code: 'not_found', title: 'Not found', fix: 'Check the path; /openapi.json lists every one.' },
  405: { code: 'method_not_allowed', title: 'Method not allowed', fix: 'Check the method; /openapi.json lists those of each path.' },
  408: { code: 'request_timeout', title: 'The request took too long to arrive', fix: 'Send it again.' },
  413: {
    code: 'body_too_large',
    title: 'The body is too large',
    fix: 'Send at most 1 MB (1,048,576 bytes), in several requests if need be.',
  },
  414: { code: 'path_too_long', title: 'The path is too long', fix: 'Check the ids in the path.' },
  415: { code: 'unsupported_media_type', title: 'The media type is not supported', fix: 'Send JSON with content-type application/json.' },
  429: { code: 'too_many_requests', title: 'Too many requests', fix: 'Slow down and try again.' },
};

function ofStatus(status: number, message: string): Problem | undefined {
  if (status === 503) return unavailable(message);
  if (status >= 500) return undefined;
  const known = KNOWN_STATUSES[status] ?? { code: `http_${status}`, title: 'The request was refused', fix: 'Check the request.' };
  const detail =
    status === 404 && message.startsWith('Cannot ')
      ? `Nothing answers to ${message.slice('Cannot '.length)}.`
      : `${message.replace(/\.$/, '')}.`;
  return new Problem({ status, code: known.code, title: known.title, detail, fix: known.fix });
}
