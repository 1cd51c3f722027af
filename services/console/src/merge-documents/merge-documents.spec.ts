import { describe, expect, it } from 'vitest';
import { mergeDocuments } from './merge-documents';
import type { OpenApiDocument, Schema } from './open-api';

const info = { title: 'Tollgate', version: '1' };

function document(path: string, schemas: Record<string, Schema>, ref: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info,
    paths: {
      [path]: { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${ref}` } } } } } } },
    },
    components: { schemas },
  };
}

describe('the one document', () => {
  it('holds the paths of all services, sorted', () => {
    const merged = mergeDocuments(info, [
      { service: 'pricing', document: document('/api/v1/models', { Model: { type: 'object' } }, 'Model') },
      { service: 'accounts', document: document('/api/v1/api-keys', { ApiKey: { type: 'object' } }, 'ApiKey') },
    ]);
    expect(Object.keys(merged.paths)).toEqual(['/api/v1/api-keys', '/api/v1/models']);
    expect(Object.keys(merged.components?.schemas ?? {}).sort()).toEqual(['ApiKey', 'Model']);
  });

  it('keeps apart what two services call the same, references and nested references included', () => {
    const merged = mergeDocuments(info, [
      { service: 'accounts', document: document('/a', { Page: { type: 'object', title: 'of accounts' } }, 'Page') },
      {
        service: 'budget-alert',
        document: document(
          '/b',
          { Page: { type: 'object', title: 'of budgets' }, Wrap: { items: { $ref: '#/components/schemas/Page' } } },
          'Page',
        ),
      },
    ]);
    expect(merged.components?.schemas).toEqual({
      Page: { type: 'object', title: 'of accounts' },
      BudgetAlertPage: { type: 'object', title: 'of budgets' },
      Wrap: { items: { $ref: '#/components/schemas/BudgetAlertPage' } },
    });
    expect(merged.paths['/b']?.get?.responses?.['200']?.content?.['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/BudgetAlertPage',
    });
  });

  it('has one of what two services describe alike', () => {
    const same = { Page: { type: 'object' } };
    const merged = mergeDocuments(info, [
      { service: 'accounts', document: document('/a', same, 'Page') },
      { service: 'pricing', document: document('/b', structuredClone(same), 'Page') },
    ]);
    expect(merged.components?.schemas).toEqual(same);
  });

  it('says where the gateway’s paths lie', () => {
    const merged = mergeDocuments(info, [
      { service: 'ingress', document: document('/v1/models', {}, 'X'), server: 'https://ai.example.com' },
    ]);
    expect(merged.paths['/v1/models']?.servers).toEqual([{ url: 'https://ai.example.com', description: 'The gateway' }]);
  });

  it('demands of an operation what its own document demanded of all, and nothing of those of others', () => {
    const merged = mergeDocuments(info, [
      { service: 'ingress', document: { ...document('/v1/models', {}, 'X'), security: [{ key: ['inference'] }] } },
      { service: 'console', document: document('/api/v1/openapi.json', {}, 'X') },
    ]);
    expect(merged.paths['/v1/models']?.get?.security).toEqual([{ key: ['inference'] }]);
    expect(merged.paths['/api/v1/openapi.json']?.get?.security).toBeUndefined();
  });

  it('lists each problem code once', () => {
    const problem = { code: 'not_found', status: 404, title: 'Not found', meaning: 'm', fix: 'f' };
    const of = (service: string) => ({ service, document: { ...document(`/${service}`, {}, 'X'), 'x-problems': [problem] } });
    expect(mergeDocuments(info, [of('accounts'), of('pricing')])['x-problems']).toEqual([problem]);
  });
});
