import type { IncomingMessage } from 'node:http';
import type { Problem } from '@tollgate/platform/http';
import { bodyTooLarge, encodingUnsupported } from './problems';

const EMPTY = Buffer.alloc(0);

/**
 * Reads a whole body of at most `limit` bytes, without copying one that comes in one piece. Exactly one of the callbacks is called; neither when the client
 * goes away before its body is complete.
 */
export function readBody(req: IncomingMessage, limit: number, onBody: (body: Buffer) => void, onProblem: (problem: Problem) => void): void {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity') return onProblem(encodingUnsupported(encoding));
  if (Number(req.headers['content-length'] ?? 0) > limit) return onProblem(bodyTooLarge(limit));
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) {
      req.off('data', onData).off('end', onEnd);
      req.pause();
      onProblem(bodyTooLarge(limit));
      return;
    }
    if (first === null) first = chunk;
    else (chunks ??= [first]).push(chunk);
  };
  const onEnd = () => onBody(chunks ? Buffer.concat(chunks, bytes) : (first ?? EMPTY));
  req.on('data', onData);
  req.on('end', onEnd);
}
