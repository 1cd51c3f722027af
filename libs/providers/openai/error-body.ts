/** The members of a problem (RFC 9457) that are told in an answer. */
export interface ProblemMembers {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** What to do. */
  readonly fix?: string;
  readonly instance?: string;
  readonly [extra: string]: unknown;
}

/**
 * An error in the shape that OpenAI's clients read: `{error: {message, type, param, code, …}}`, with the problem's members beside. `type` is the dialect's;
 * the problem's own type, an address of its explanation, is `documentation`.
 * @param param the request's member that is at fault, or null
 */
export function openAiErrorBody(problem: ProblemMembers, param: string | null = null): { error: Record<string, unknown> } {
  const { type, code, ...members } = problem;
  const message = problem.fix ? `${problem.detail} ${problem.fix}` : problem.detail;
  return { error: { ...members, message, type: errorType(problem.status), param, code, documentation: type } };
}

/** OpenAI's error types by status (API reference, "Error codes"). */
function errorType(status: number): string {
  if (status === 402) return 'insufficient_quota';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  if (status >= 500) return 'server_error';
  return 'invalid_request_error';
}
