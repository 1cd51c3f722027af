import { generateApiKey } from '@tollgate/platform/api-key';
import { verifyInternalToken } from '@tollgate/platform/http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FrontDoorFixture, INTERNAL_SECRET, ORGANIZATION } from './front-door-fixture';
import { answerJson } from './stand-in-service';

let door: FrontDoorFixture;
beforeAll(async () => {
  door = await FrontDoorFixture.start();
});
afterAll(() => door?.stop());
beforeEach(() => door.reset());

describe('a request with a key', () => {
  it('reaches the service that owns the path, with a token that says who is calling, and without the key', async () => {
    const key = door.newKey({ scopes: ['billing:read'], project: 'search' });
    const response = await door.get('/api/v1/charges?limit=3&project=a%20b', key, {
      'x-tollgate-internal': 'forged',
      'x-tollgate-organization': ORGANIZATION.id,
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: [], next: null });
    const [seen] = door.pricing.seen;
    expect(seen?.url).toBe('/api/v1/charges?limit=3&project=a%20b');
    expect(seen?.headers).toMatchObject({ 'x-tollgate-organization': ORGANIZATION.id });
    expect(JSON.stringify(seen?.rawHeaders)).not.toContain(key);
    const token = String(seen?.headers['x-tollgate-internal']);
    expect(await verifyInternalToken(token, INTERNAL_SECRET, Date.now())).toEqual({
      organizationId: ORGANIZATION.id,
      keyId: door.keys.get(key)?.id,
      scopes: ['billing:read'],
      operator: false,
      project: 'search',
    });
    expect(await verifyInternalToken(token, INTERNAL_SECRET, Date.now() + 70_000)).toBeUndefined();
  });

  it('asks accounts once in two seconds, however many come at once', async () => {
    const key = door.newKey();
    await Promise.all(Array.from({ length: 20 }, () => door.get('/api/v1/models', key)));
    expect(door.questions).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2_050));
    await door.get('/api/v1/models', key);
    expect(door.questions).toBe(2);
  });

  it.each([
    [undefined, 'unauthenticated'],
    ['Basic dXNlcjpwYXNz', 'unauthenticated'],
    ['Bearer ', 'unauthenticated'],
    ['Bearer sk-proj-something', 'key_malformed'],
    [`Bearer ${generateApiKey('live').slice(0, -1)}x`, 'key_malformed'],
  ])('is 401 as %j, and accounts is not asked', async (authorization, code) => {
    const response = await fetch(`${door.url}/api/v1/models`, { headers: authorization === undefined ? {} : { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 401, code, type: `/docs/problems#${code}`, fix: expect.any(String) });
    expect([door.questions, door.pricing.seen.length]).toEqual([0, 0]);
  });

  it('is 401 when accounts does not know the key, and that is remembered for two seconds', async () => {
    const key = generateApiKey('live');
    for (let time = 0; time < 3; time += 1) {
      const response = await door.get('/api/v1/models', key);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, 'key_unknown']);
    }
    expect(door.questions).toBe(1);
  });

  it('is 503 with Retry-After while accounts is away, never 401, and works as soon as it is back', async () => {
    const key = door.newKey();
    await door.accounts.stop();
    const response = await door.get('/api/v1/models', key);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    await door.accounts.start();
    expect((await door.get('/api/v1/models', key)).status).toBe(200);
  });

  it.each([500, 404])('is 503 when accounts answers %i of another kind', async (status) => {
    door.accounts.handler = (_request, response) => answerJson(response, status, { code: 'not_found' });
    expect((await door.get('/api/v1/models', generateApiKey('live'))).status).toBe(503);
  });

  it('of a suspended organisation reads and changes nothing', async () => {
    const key = door.newKey({ organization: { ...ORGANIZATION, status: 'suspended' } });
    expect((await door.get('/api/v1/models', key)).status).toBe(200);
    const response = await fetch(`${door.url}/api/v1/re-ratings`, { method: 'POST', headers: { authorization: `Bearer ${key}` } });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'organization_suspended']);
  });

  it.each(['/api/v1/nothing', '/api/v1/internal/books', '/api/v1/models/%2e%2e/%2e%2e/internal/books'])('is 404 at %s', async (path) => {
    expect((await door.get(path, door.newKey())).status).toBe(404);
    expect(door.pricing.seen).toEqual([]);
  });
});

describe('GET /api/v1/me', () => {
  it('tells whose key it is and what it may do', async () => {
    const key = door.newKey({ scopes: ['billing:read'], tags: { env: 'prod' } });
    const { timeZone, currency, id } = ORGANIZATION;
    expect(await (await door.get('/api/v1/me', key)).json()).toMatchObject({
      organization: { id, timeZone, currency },
      operator: false,
      scopes: ['billing:read'],
      project: null,
      tags: { env: 'prod' },
      expiresAt: null,
    });
    expect((await fetch(`${door.url}/api/v1/me`)).status).toBe(401);
  });

  it('shows an operator the organisation that it names', async () => {
    const key = door.newKey({ organizationId: null, organization: null, operator: true, scopes: ['operator'] });
    expect(await (await door.get('/api/v1/me', key)).json()).toMatchObject({ organization: null, operator: true });
    const authenticate = door.accounts.handler;
    door.accounts.handler = (request, response) =>
      request.url === `/internal/organizations/${ORGANIZATION.id}`
        ? answerJson(response, 200, ORGANIZATION)
        : authenticate(request, response);
    expect(await (await door.get('/api/v1/me', key, { 'x-tollgate-organization': ORGANIZATION.id })).json()).toMatchObject({
      organization: { name: 'Acme' },
    });
    expect((await door.get('/api/v1/me', key, { 'x-tollgate-organization': 'nonsense' })).status).toBe(404);
  });
});
