import type { Problem } from '@tollgate/platform/http';
import { openAiErrorBody } from '@tollgate/providers';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How errors look on a path. */
export type Dialect = 'openai' | 'problem';

const NO_HEADERS: readonly string[] = [];

/** One request and its answer. */
export class Exchange {
  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    /** What the client names when it asks about this request. */
    readonly requestId: string,
    readonly dialect: Dialect,
    /** Notes an answer that is an error of ours. */
    private readonly onProblem: (problem: Problem) => void,
  ) {}

  /** Answers a whole body. Does nothing when the client is gone. */
  send(status: number, headers: string[], body: Buffer | string): void {
    const { res } = this;
    if (res.destroyed || res.headersSent) return;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    headers.push('content-length', String(length), 'x-tollgate-request-id', this.requestId);
    res.writeHead(status, headers);
    res.end(body);
  }

  sendJson(status: number, value: unknown, contentType = 'application/json'): void {
    this.send(status, ['content-type', contentType], JSON.stringify(value));
  }

  /** Answers an error in the path's shape. A body that was not read is not waited for: the connection ends with the answer. */
  fail(problem: Problem, extraHeaders: readonly string[] = NO_HEADERS): void {
    this.onProblem(problem);
    const headers = ['content-type', this.dialect === 'openai' ? 'application/json' : 'application/problem+json', ...extraHeaders];
    if (problem.retryAfterSeconds !== undefined) headers.push('retry-after', String(problem.retryAfterSeconds));
    if (problem.status === 401) headers.push('www-authenticate', 'Bearer realm="tollgate"');
    if (!this.req.complete) headers.push('connection', 'close');
    this.send(problem.status, headers, JSON.stringify(this.bodyOf(problem)));
  }

  /** An error as the path's dialect shows it. */
  bodyOf(problem: Problem): object {
    const { param, ...details } = problem.toDetails(this.req.url?.split('?', 1)[0]);
    if (this.dialect === 'problem') return param === undefined ? details : { ...details, param };
    return openAiErrorBody(details, typeof param === 'string' ? param : null);
  }
}
