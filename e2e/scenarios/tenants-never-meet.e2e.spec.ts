import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../http-client';
import { system } from '../system';
import { newTenant, sendEvents, usageEvent, type Tenant } from '../tenant';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId?: string }>>;
}

/** Bodies that would be right, so that it is the id that is refused. */
const BODIES: Record<string, object> = {
  '/api/v1/budgets/{id}': { name: 'x' },
  '/api/v1/webhooks/{id}': { status: 'active' },
};

describe('tenants never meet', () => {
  let owner: Tenant;
  let stranger: Tenant;
  let document: OpenApi;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    [owner, stranger] = [await newTenant({ projects: ['secret'] }), await newTenant()];
    document = (await ask<OpenApi>(`${system().consoleUrl}/api/v1/openapi.json`)).body;
    const { key, id } = await owner.key(['usage:write']);
    ids['api-keys'] = id;
    ids['budgets'] = (
      await owner.api<{ id: string }>('/budgets', {
        name: 'b',
        scope: {},
        period: 'month',
        amount: '5',
        thresholds: [50],
        hardLimit: false,
      })
    ).body.id;
    ids['webhooks'] = (
      await owner.api<{ id: string }>('/webhooks', { url: 'http://127.0.0.1:9/hook', events: ['budget.threshold.reached'] })
    ).body.id;
    ids['providers'] = (
      await owner.api<{ id: string }>('/providers', { provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1', secret: 'sk-owner' })
    ).body.id;
    ids['projects'] = (await owner.api<{ data: { id: string }[] }>('/projects')).body.data[0]!.id;
    ids['organizations'] = owner.id;
    await sendEvents(key, [usageEvent('mine', { tags: { project: 'secret' } })]);
    ids['invoices'] = (await owner.api<{ id: string }>('/invoices', { period: new Date().toISOString().slice(0, 7) })).body.id;
    for (const [name, value] of Object.entries(ids)) expect(value, name).toBeTruthy();
  });

  it('the document is OpenAPI 3.1 and covers what the front door serves', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths).length).toBeGreaterThan(30);
  });

  it('every path of the document with another organisation’s ids answers 403 or 404', async () => {
    const tried: string[] = [];
    const wrong: string[] = [];
    for (const [path, operations] of Object.entries(document.paths)) {
      if (!path.startsWith('/api/v1/') || !path.includes('{')) continue;
      const family = path.split('/')[3] ?? '';
      const id = ids[family];
      const filled = path
        .replace(/\{[^}]+\}/, id ?? '0192f3a1-7c00-7abc-8def-0123456789ab')
        .replace(/\{[^}]+\}/g, '0192f3a1-7c00-7abc-8def-0123456789ab');
      for (const method of Object.keys(operations)) {
        const body = ['post', 'put', 'patch'].includes(method) ? (BODIES[path] ?? {}) : undefined;
        const answer = await ask(`${system().consoleUrl}${filled}`, { key: stranger.adminKey, method: method.toUpperCase(), body });
        tried.push(`${method} ${path}`);
        if (![403, 404].includes(answer.status))
          wrong.push(`${method} ${filled} answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried.length).toBeGreaterThan(15);
  });

  it('no list shows a foreign row', async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      if (!path.startsWith('/api/v1/') || path.includes('{') || !operations['get']) continue;
      const answer = await ask<string>(`${system().consoleUrl}${path}`, { key: stranger.adminKey });
      const text = JSON.stringify(answer.body);
      expect(text, path).not.toContain(owner.id);
      for (const id of Object.values(ids)) expect(text, path).not.toContain(id);
      expect(answer.status, `${path} ${text.slice(0, 200)}`).toBeLessThan(500);
    }
  });

  it('an admin of one organisation cannot name another by header', async () => {
    const answer = await ask<{ data?: unknown[] }>(`${system().consoleUrl}/api/v1/projects`, {
      key: stranger.adminKey,
      headers: { 'x-tollgate-organization': owner.id },
    });
    expect([200, 403]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });
});
