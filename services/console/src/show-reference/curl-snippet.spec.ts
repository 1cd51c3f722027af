import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { OpenApiDocument, Operation } from '../merge-documents/open-api';
import { curlSnippet } from './curl-snippet';

const document: OpenApiDocument = { openapi: '3.1.0', info: { title: 't', version: '1' }, paths: {}, components: { schemas: {} } };
const context = { document, server: 'http://localhost:8088', parameters: [] };

/** What curl would be called with, as a real shell understands the snippet. */
function argumentsOf(snippet: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; TOLLGATE_KEY=tg_live_x; ${snippet}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a curl snippet', () => {
  it('is what a shell turns into the request, quotes and all', () => {
    const operation: Operation = {
      security: [{ key: ['admin'] }],
      requestBody: {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name', 'scopes'],
              properties: {
                name: { type: 'string', example: "O'Hara & $HOME" },
                scopes: { type: 'array', items: { enum: ['inference', 'admin'] } },
                project: { type: 'string' },
              },
            },
          },
        },
      },
    };
    const [verb, method, url, , authorization, , type, , body] = argumentsOf(curlSnippet('post', '/api/v1/api-keys', operation, context));
    expect([verb, method, url, authorization, type]).toEqual([
      '-X',
      'POST',
      'http://localhost:8088/api/v1/api-keys',
      'Authorization: Bearer tg_live_x',
      'Content-Type: application/json',
    ]);
    expect(JSON.parse(body as string)).toEqual({ name: "O'Hara & $HOME", scopes: ['inference'] });
  });

  it('names required query members and leaves the key out where none is needed', () => {
    const parameters = [
      { name: 'period', in: 'query', required: true, example: '2026-10' },
      { name: 'limit', in: 'query' },
    ];
    const snippet = curlSnippet('get', '/api/v1/completeness', { security: [{}] }, { ...context, parameters });
    expect(argumentsOf(snippet)).toEqual(['http://localhost:8088/api/v1/completeness?period=2026-10']);
  });
});
