import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection only, or not the client's business: cookies and policies of the vendor's site. */
const KEPT_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'date',
  'server',
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
]);

/** The provider's headers that are passed on, as names and values by turns. Names that are ours are not the provider's to set. */
export function passedHeaders(headers: IncomingHttpHeaders): string[] {
  const passed: string[] = [];
  for (const name in headers) {
    if (KEPT_BACK.has(name) || name.startsWith('x-tollgate-')) continue;
    const value = headers[name];
    if (typeof value === 'string') passed.push(name, value);
    else if (value !== undefined) for (const one of value) passed.push(name, one);
  }
  return passed;
}
