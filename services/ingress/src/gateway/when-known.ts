import { Problem } from '@tollgate/platform/http';

/**
 * Goes on with a value that is there as a rule, and seldom only promised: at once in the first case, so that it costs no turn of the event loop. Problems of
 * the promise, and of going on behind it, are told; those of going on at once are thrown.
 */
export function whenKnown<T>(value: T | Promise<T>, next: (value: T) => void, onProblem: (problem: Problem) => void): void {
  if (!(value instanceof Promise)) return next(value);
  value.then(next).catch((error: unknown) => onProblem(error instanceof Problem ? error : unexpected(error)));
}

/** A defect of ours. It is logged where it is answered. */
export function unexpected(error: unknown): Problem {
  const problem = new Problem({
    status: 500,
    code: 'internal_error',
    title: 'Internal error',
    detail: 'The gateway failed to handle the request.',
    fix: 'Try again, and report the request id if it stays so.',
  });
  problem.cause = error;
  return problem;
}
