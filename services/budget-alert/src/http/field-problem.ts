import { Problem } from '@tollgate/platform/http';

/** A 400 about one field that only more than its own form could show to be wrong; it looks like the ones that the schemas find. */
export function fieldProblem(field: string, detail: string, fix: string): Problem {
  return new Problem({
    status: 400,
    code: 'invalid_request',
    title: 'The request is not valid',
    detail: `${field} ${detail}.`,
    fix,
    errors: [{ field, detail, fix }],
  });
}
