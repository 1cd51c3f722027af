import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorBody, sendJson } from './answer-plain';
import type { Book } from './book';
import { handleCall } from './handle-call';
import { vendorOf, vendors } from './vendors';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** What the simulator is started with. */
export interface SimulatorOptions {
  readonly book: Book;
  /** When set, a call with another bearer token is refused as the vendors do. */
  readonly secret?: string;
}

/** All vendors behind one server. Beside them: `/healthz`, `GET /book?from=&limit=`, `DELETE /book`. */
export function createSimulator({ book, secret }: SimulatorOptions): Server {
  const expected = secret === undefined ? undefined : `Bearer ${secret}`;
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const found = vendorOf(url);
    if (found === undefined) return serveOwn(url, request, response, book);
    if (expected !== undefined && request.headers.authorization !== expected) {
      return sendJson(response, 401, errorBody('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'));
    }
    if (request.method === 'GET' && found.endpoint === '/models') {
      const data = found.vendor.models.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: found.vendor.id }));
      return sendJson(response, 200, JSON.stringify({ object: 'list', data }));
    }
    if (request.method !== 'POST' || (found.endpoint !== '/chat/completions' && found.endpoint !== '/embeddings')) {
      return sendJson(response, 404, errorBody(`Unknown request URL: ${request.method} ${url}.`, 'invalid_request_error', 'unknown_url'));
    }
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MAX_BODY_BYTES) request.destroy();
      else parts.push(part);
    });
    request.on('end', () => {
      const raw = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      handleCall(found.vendor, found.endpoint, request, response, raw, book).catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
    });
    response.on('error', () => undefined);
    request.on('error', () => undefined);
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return server;
}

function serveOwn(url: string, request: IncomingMessage, response: ServerResponse, book: Book): void {
  const { pathname, searchParams } = new URL(url, 'http://simulator');
  if (pathname === '/healthz' || pathname === '/readyz') {
    return sendJson(response, 200, JSON.stringify({ status: 'ok', vendors: vendors.map(({ id, basePath }) => ({ id, basePath })) }));
  }
  if (pathname === '/book' && request.method === 'DELETE') {
    book.clear();
    return sendJson(response, 200, '{}');
  }
  if (pathname === '/book') {
    const { lines, next } = book.read(Number(searchParams.get('from') ?? 0), Number(searchParams.get('limit') ?? 1000));
    return sendJson(response, 200, `{"data":[${lines.join(',')}],"next":${next}}`);
  }
  sendJson(response, 404, errorBody('No vendor has this path; see /healthz for the base paths.', 'invalid_request_error', 'unknown_url'));
}
