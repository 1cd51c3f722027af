import type { IncomingMessage } from 'node:http';
import { Problem } from '@tollgate/platform/http';

export const BODY_LIMIT_BYTES = 1_048_576;

/** A request's body on its way through, never held as a whole. Reading it fails with a 413 once it is longer than the limit. */
export class LimitedBody implements AsyncIterable<Buffer> {
  /** Whether a byte was taken: from then on the request cannot be sent to another process. */
  begun = false;

  constructor(private readonly request: IncomingMessage) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    this.begun = true;
    let bytes = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_LIMIT_BYTES) throw bodyTooLarge();
      yield chunk;
    }
  }
}

/** The body of a request, or null if it has none. Throws 413 for one that announces more than the limit. */
export function bodyOf(request: IncomingMessage): LimitedBody | null {
  const announced = request.headers['content-length'];
  if (announced === undefined && request.headers['transfer-encoding'] === undefined) return null;
  if (announced !== undefined && Number(announced) > BODY_LIMIT_BYTES) throw bodyTooLarge();
  return Number(announced) === 0 ? null : new LimitedBody(request);
}

function bodyTooLarge(): Problem {
  return new Problem({
    status: 413,
    code: 'body_too_large',
    title: 'The body is too large',
    detail: `The body is larger than ${BODY_LIMIT_BYTES} bytes.`,
    fix: 'Send at most 1 MB (1,048,576 bytes), in several requests if need be.',
  });
}
