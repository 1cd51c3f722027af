/** What a `Problem` is made of. Members beyond the named ones go into the answer as they are. */
export interface ProblemInit {
  /** HTTP status. */
  readonly status: number;
  /** Short snake_case name that programs switch on; stable. */
  readonly code: string;
  /** One line, the same for every occurrence. */
  readonly title: string;
  /** What happened this time. */
  readonly detail: string;
  /** What the caller should do about it. */
  readonly fix?: string;
  /** Seconds until a retry makes sense; becomes the header Retry-After. */
  readonly retryAfterSeconds?: number;
  readonly [extra: string]: unknown;
}

/** The answer's body as RFC 9457 lays it out. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly fix?: string;
  readonly instance?: string;
  readonly [extra: string]: unknown;
}

/** An error that the caller is told about, as application/problem+json (RFC 9457) with what to do. Thrown anywhere below a controller. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly fix: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Members of this problem type alone, such as `errors` or `budgetId`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(init: ProblemInit) {
    const { status, code, title, detail, fix, retryAfterSeconds, ...extra } = init;
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.fix = fix;
    this.retryAfterSeconds = retryAfterSeconds;
    this.extra = extra;
  }

  /** The body; `instance` is the path that was asked for. */
  toDetails(instance?: string): ProblemDetails {
    return {
      type: `/docs/problems#${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.detail,
      code: this.code,
      ...(this.fix === undefined ? {} : { fix: this.fix }),
      ...(instance === undefined ? {} : { instance }),
      ...this.extra,
    };
  }
}

/** 404 of one thing that does not exist or belongs to somebody else; the two look alike, so that ids cannot be probed. */
export function notFound(what: string, id?: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: id === undefined ? `There is no such ${what}.` : `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`,
    fix: 'Check the id, and that your key belongs to the organisation that owns it.',
  });
}
