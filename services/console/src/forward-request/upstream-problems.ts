import { Problem } from '@tollgate/platform/http';

const RETRY_SECONDS = 2;

/** 503: the request did not reach the service, so nothing was done. */
export function serviceAway(service: string): Problem {
  return new Problem({
    status: 503,
    code: 'temporarily_unavailable',
    title: 'Temporarily unavailable',
    detail: `The service ${service} does not answer at the moment.`,
    fix: `Try again after ${RETRY_SECONDS} seconds; nothing was changed.`,
    retryAfterSeconds: RETRY_SECONDS,
  });
}

/** 503: the connection broke after the request was sent and before the answer came. */
export function answerLost(service: string): Problem {
  return new Problem({
    status: 503,
    code: 'answer_lost',
    title: 'The answer was lost',
    detail: `The service ${service} went away before it answered; what was asked for may or may not have been done.`,
    fix: 'Send it again, with the same Idempotency-Key if it had one; without, look first whether it was done.',
    retryAfterSeconds: RETRY_SECONDS,
  });
}

/** 504: the service is still at it after a minute. */
export function answerTooSlow(service: string): Problem {
  return new Problem({
    status: 504,
    code: 'answer_too_slow',
    title: 'The answer took too long',
    detail: `The service ${service} did not answer within 60 seconds.`,
    fix: 'Ask for less at a time, or try again later.',
  });
}

/** 404 of a path that no service has. */
export function noSuchRoute(path: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `Nothing answers to ${path.split('?', 1)[0]?.slice(0, 200)}.`,
    fix: 'Check the path; /docs and /api/v1/openapi.json list every one.',
  });
}
