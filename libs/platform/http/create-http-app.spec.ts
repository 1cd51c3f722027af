import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createZodDto } from 'nestjs-zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CurrentCaller, CurrentOrganization, InternalOnly, Public, RequireScope } from './access';
import type { Caller } from './caller';
import { createHttpApp } from './create-http-app';
import { IdParam } from './id-param';
import { serviceToken, signInternalToken } from './internal-token';
import { Problem } from './problem';

const SECRET = 'a-secret-of-the-specs';
const NOW = Date.UTC(2026, 9, 15, 12);
const ORG = '0a000000-0000-4000-8000-000000000001';
const OTHER = '0a000000-0000-4000-8000-000000000002';

class CreateThing extends createZodDto(
  z.object({ name: z.string().min(1), count: z.number().int(), scope: z.strictObject({ project: z.string() }).optional() }),
) {}
class ListThings extends createZodDto(z.object({ granularity: z.enum(['total', 'day']).default('total') })) {}

@Controller('things')
class ThingsController {
  @Post() @RequireScope('billing:write') create(@Body() body: CreateThing) {
    return body;
  }
  @Get() @RequireScope('billing:read') list(@Query() query: ListThings, @CurrentOrganization() organizationId: string) {
    return { ...query, organizationId };
  }
  @Get('who') @RequireScope('operator') who(@CurrentCaller() caller: Caller) {
    return caller;
  }
  @Get('undeclared') undeclared() {
    return {};
  }
  @Get('fails/:how') @Public() fails(@IdParam('failure', 'how') how: string) {
    if (how.endsWith('1')) throw Object.assign(new Error('secret detail of ours'), { code: '42P01' });
    if (how.endsWith('2')) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    throw new Problem({
      status: 402,
      code: 'budget_exceeded',
      title: 'Over budget',
      detail: 'Spent it all.',
      fix: 'Raise it.',
      budgetId: 'b1',
    });
  }
}

@Controller('internal')
class InternalController {
  @Get('books') @InternalOnly() books(@Query('organizationId') organizationId: string) {
    return { organizationId };
  }
}

@Module({ controllers: [ThingsController, InternalController] })
class ThingsModule {}

let app: NestFastifyApplication;
const caller = (over: Partial<Caller>): Promise<string> =>
  signInternalToken({ organizationId: ORG, keyId: 'k1', scopes: [], operator: false, project: null, ...over }, SECRET, NOW);

async function call(
  method: 'GET' | 'POST',
  url: string,
  options: { token?: string; payload?: string; headers?: Record<string, string> } = {},
) {
  const headers = {
    ...(options.payload === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
    ...(options.token ? { 'x-tollgate-internal': options.token } : {}),
  };
  const response = await app.inject({ method, url, headers, ...(options.payload === undefined ? {} : { payload: options.payload }) });
  return {
    status: response.statusCode,
    type: String(response.headers['content-type']),
    headers: response.headers,
    body: response.json<Record<string, unknown>>(),
  };
}

beforeAll(async () => {
  app = await createHttpApp(ThingsModule, {
    service: 'test',
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    clock: { now: () => NOW },
    handleSignals: false,
  });
});
afterAll(() => app.close());

describe('errors are problem details with what to do', () => {
  it('names each wrong field of a body, with its path', async () => {
    const { status, type, body } = await call('POST', '/things', {
      token: await caller({ scopes: ['admin'] }),
      payload: '{"count":1.5,"scope":{"project":7,"x":1},"colour":"red"}',
    });
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect((body['errors'] as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'colour',
      'count',
      'name',
      'scope.project',
      'scope.x',
    ]);
    expect(body).toMatchObject({ type: '/docs/problems#invalid_request', code: 'invalid_request', instance: '/things', fix: 'Add name.' });
  });
  it('refuses unknown query members by name, and lists the possible values', async () => {
    const token = await caller({ scopes: ['billing:read'] });
    expect((await call('GET', '/things?granularty=day', { token })).body['detail']).toContain('granularty is not known here');
    expect((await call('GET', '/things?granularity=week', { token })).body['fix']).toBe('Use one of: total, day.');
  });
  it.each([
    ['malformed JSON', '{"name":', 'application/json', 400, 'malformed_request'],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', 'application/json', 400, 'malformed_request'],
    ['another media type', 'name=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a body over 1 MB', `{"name":"${'x'.repeat(1_048_576)}"}`, 'application/json', 413, 'body_too_large'],
    ['no body', '', 'application/json', 400, 'invalid_request'],
    ['null', 'null', 'application/json', 400, 'invalid_request'],
  ])('%s', async (_title, payload, contentType, status, code) => {
    const answer = await call('POST', '/things', {
      token: await caller({ scopes: ['admin'] }),
      payload,
      headers: { 'content-type': contentType },
    });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body['fix']).toBeTruthy();
  });
  it.each(['/nowhere', '/things/%E0%A4%A', `/things/fails/${'x'.repeat(600)}`])('answers %s as a problem of the caller', async (path) => {
    const { status, type } = await call('GET', path);
    expect(type).toContain('application/problem+json');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
  it('answers 404 to a malformed id in the path', async () => {
    expect(await call('GET', '/things/fails/12')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
  it('keeps a problem’s own members', async () => {
    expect((await call('GET', `/things/fails/${ORG.slice(0, -1)}3`)).body).toMatchObject({
      status: 402,
      code: 'budget_exceeded',
      fix: 'Raise it.',
      budgetId: 'b1',
    });
  });
  it('tells nothing about our own defects but a trace id', async () => {
    const { status, body } = await call('GET', `/things/fails/${ORG.slice(0, -1)}1`);
    expect(status).toBe(500);
    expect(body['traceId']).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(body)).not.toContain('secret detail');
  });
  it('answers 503 with Retry-After while the database is away', async () => {
    const { status, headers } = await call('GET', `/things/fails/${ORG.slice(0, -1)}2`);
    expect([status, headers['retry-after']]).toEqual([503, '2']);
  });
});

describe('access', () => {
  it('needs a valid internal token', async () => {
    const expired = await signInternalToken(
      { organizationId: ORG, keyId: 'k', scopes: ['admin'], operator: false, project: null },
      SECRET,
      NOW - 120_000,
    );
    const forged = await signInternalToken(
      { organizationId: ORG, keyId: 'k', scopes: ['admin'], operator: false, project: null },
      'another-secret-here',
      NOW,
    );
    for (const token of [undefined, 'x.y.z', expired, forged])
      expect((await call('GET', '/things', token ? { token } : {})).status).toBe(401);
  });
  it('asks for the scope; admin has all but operator', async () => {
    expect((await call('GET', '/things', { token: await caller({ scopes: ['inference'] }) })).status).toBe(403);
    expect((await call('GET', '/things', { token: await caller({ scopes: ['billing:read'] }) })).body).toEqual({
      granularity: 'total',
      organizationId: ORG,
    });
    expect((await call('GET', '/things', { token: await caller({ scopes: ['admin'] }) })).status).toBe(200);
    expect((await call('GET', '/things/who', { token: await caller({ scopes: ['admin'] }) })).status).toBe(403);
  });
  it('lets an operator act for the organisation that it names, and asks for one', async () => {
    const token = await caller({ operator: true, organizationId: null, scopes: ['operator'] });
    expect(await call('GET', '/things', { token })).toMatchObject({ status: 400, body: { code: 'organization_required' } });
    expect((await call('GET', '/things', { token, headers: { 'x-tollgate-organization': OTHER } })).body['organizationId']).toBe(OTHER);
    expect((await call('GET', `/things?organizationId=${OTHER}`, { token })).body['organizationId']).toBe(OTHER);
    expect((await call('GET', '/things?organizationId=x', { token })).status).toBe(400);
  });
  it('never lets anybody else name another organisation', async () => {
    const token = await caller({ scopes: ['admin'] });
    expect((await call('GET', '/things', { token, headers: { 'x-tollgate-organization': OTHER } })).status).toBe(403);
    expect((await call('GET', `/things?organizationId=${OTHER}`, { token })).status).toBe(403);
    expect((await call('GET', '/things', { token, headers: { 'x-tollgate-organization': ORG } })).status).toBe(200);
  });
  it('keeps internal routes for services, and undeclared ones for nobody', async () => {
    expect((await call('GET', `/internal/books?organizationId=${OTHER}`, { token: await caller({ operator: true }) })).status).toBe(403);
    expect(
      (await call('GET', `/internal/books?organizationId=${OTHER}`, { token: await serviceToken('pricing', SECRET, NOW) })).body,
    ).toEqual({ organizationId: OTHER });
    expect((await call('GET', '/things', { token: await serviceToken('pricing', SECRET, NOW) })).status).toBe(403);
    expect((await call('GET', '/things/undeclared', { token: await caller({ operator: true }) })).status).toBe(403);
  });
});

describe('operations', () => {
  it('answers health, readiness and metrics without a token', async () => {
    expect((await call('GET', '/healthz')).body).toEqual({ status: 'ok' });
    expect((await call('GET', '/readyz')).status).toBe(200);
    expect((await app.inject('/metrics')).body).toMatch(/http_server_duration_seconds_count\{.*route="\/things"/);
  });
  it('serves an OpenAPI 3.1 document of the public routes', async () => {
    const { body } = await call('GET', '/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const paths = body['paths'] as Record<string, { post?: { requestBody?: unknown } }>;
    expect(paths['/things']?.post?.requestBody).toBeTruthy();
    expect(Object.keys(paths).some((path) => path.startsWith('/internal'))).toBe(false);
    expect(JSON.stringify(body)).toContain('"additionalProperties":false');
    expect(JSON.stringify(paths['/things'])).toContain('#/components/schemas/Problem');
  });
});
