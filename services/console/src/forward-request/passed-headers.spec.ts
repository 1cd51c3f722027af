import { describe, expect, it } from 'vitest';
import { requestHeaders, responseHeaders } from './passed-headers';

describe('headers on their way to a service', () => {
  it('lose the key, whatever claims to be an internal token, and those of the connection', () => {
    const received = {
      authorization: 'Bearer tg_live_x',
      'x-tollgate-internal': 'forged',
      'x-forwarded-for': '1.2.3.4',
      connection: 'keep-alive, x-hop',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      'x-hop': '1',
      host: 'console',
      expect: '100-continue',
      'content-type': 'application/json',
      'content-length': '2',
      'idempotency-key': 'k',
      'x-tollgate-organization': 'o',
    };
    expect(requestHeaders(received)).toEqual({
      'content-type': 'application/json',
      'content-length': '2',
      'idempotency-key': 'k',
      'x-tollgate-organization': 'o',
    });
  });
});

describe('headers on their way back', () => {
  it('keep what the service said and lose what was for the connection', () => {
    const received = {
      connection: 'close',
      'transfer-encoding': 'chunked',
      'content-type': 'application/pdf',
      'retry-after': '2',
      'content-disposition': 'inline',
    };
    expect(responseHeaders(received)).toEqual({ 'content-type': 'application/pdf', 'retry-after': '2', 'content-disposition': 'inline' });
  });
});
