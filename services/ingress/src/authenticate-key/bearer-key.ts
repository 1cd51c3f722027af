import type { IncomingHttpHeaders } from 'node:http';

/**
 * The key as the client sent it: `Authorization: Bearer` on every path, and the headers of the vendors' own clients. Undefined when there is none. `null`
 * when the header says something else than a bearer key.
 */
export function bearerKey(headers: IncomingHttpHeaders): string | null | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    if (authorization.length > 7 && authorization.slice(0, 7).toLowerCase() === 'bearer ') return authorization.slice(7).trim();
    return null;
  }
  const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key'];
  return typeof key === 'string' ? key.trim() : undefined;
}
