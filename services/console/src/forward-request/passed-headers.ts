import type { IncomingHttpHeaders } from 'node:http';
import { INTERNAL_TOKEN_HEADER } from '@tollgate/platform/http';

/** Headers that tell of one connection and end with it (RFC 9110, 7.6.1), and those that the HTTP client sets itself. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
];
/** What a service must not learn (the key), must not be told by a client (who is calling), or has no use for. */
const WITHHELD = [
  'authorization',
  'x-api-key',
  'cookie',
  INTERNAL_TOKEN_HEADER,
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'traceparent',
  'tracestate',
  'baggage',
];
const NOT_SENT_ON = new Set([...HOP_BY_HOP, ...WITHHELD]);
const NOT_SENT_BACK = new Set([...HOP_BY_HOP, INTERNAL_TOKEN_HEADER, 'server', 'set-cookie']);

type Headers = Record<string, string | string[]>;

/** What of a client's headers goes to the service. */
export function requestHeaders(received: IncomingHttpHeaders): Headers {
  return without(received, NOT_SENT_ON);
}

/** What of a service's headers goes back to the client. */
export function responseHeaders(received: IncomingHttpHeaders): Headers {
  return without(received, NOT_SENT_BACK);
}

function without(received: IncomingHttpHeaders, dropped: ReadonlySet<string>): Headers {
  const named = new Set(
    String(received.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const passed: Headers = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !dropped.has(name) && !named.has(name)) passed[name] = value;
  }
  return passed;
}
