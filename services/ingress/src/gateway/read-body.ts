import type { IncomingMessage } from 'node:http';
import type { Problem } from '@tollgate/platform/http';
import { bodyTooLarge, encodingUnsupported } from './problems';

const EMPTY = Buffer.alloc(0);
/** A client that is still sending does not read an answer, and takes a closed connection for a failure of the network: so much of it, and for so long, is
 * thrown away first. */
const DISCARD_BYTES = 128 * 1024 * 1024;
const DISCARD_MS = 10_000;

/**
 * Reads a whole body of at most `limit` bytes, without copying one that comes in one piece. Exactly one of the callbacks is called; neither when the client
 * goes away before its body is complete.
 */
export function readBody(req: IncomingMessage, limit: number, onBody: (body: Buffer) => void, onProblem: (problem: Problem) => void): void {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity') return onProblem(encodingUnsupported(encoding));
  if (Number(req.headers['content-length'] ?? 0) > limit) return discardRest(req, () => onProblem(bodyTooLarge(limit)));
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) {
      req.off('data', onData).off('end', onEnd);
      chunks = null;
      first = null;
      discardRest(req, () => onProblem(bodyTooLarge(limit)));
      return;
    }
    if (first === null) first = chunk;
    else (chunks ??= [first]).push(chunk);
  };
  const onEnd = () => onBody(chunks ? Buffer.concat(chunks, bytes) : (first ?? EMPTY));
  req.on('data', onData);
  req.on('end', onEnd);
}

/** Reads on without keeping anything, then calls `done` once: at the body's end, or where waiting is no use any more. */
function discardRest(req: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const settle = () => {
    clearTimeout(timer);
    req.off('data', onData).off('end', settle);
    req.pause();
    done();
  };
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARD_BYTES) settle();
  };
  const timer = setTimeout(settle, DISCARD_MS);
  req.once('close', () => clearTimeout(timer));
  req.on('data', onData);
  req.on('end', settle);
}
