import { randomBytes } from 'node:crypto';
import { generateApiKey } from '@tollgate/platform/api-key';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { RunningProcess } from './running-process';

const AWAY = 'http://127.0.0.1:9';
const operatorKey = generateApiKey('test');

let environment: Record<string, string>;
let accounts: RunningProcess;
let console_: RunningProcess;

beforeAll(async () => {
  await RunningProcess.build();
  const ownerUrl = await freshDatabase(inject('databaseUrl'), 'key_life');
  const roleUrl = (role: string) => Object.assign(new URL(ownerUrl), { username: role, password: 'of-the-specs' }).toString();
  environment = {
    DATABASE_URL: ownerUrl,
    TOLLGATE_DB_URL: roleUrl('tollgate_accounts'),
    TOLLGATE_CONSUMER_DB_URL: roleUrl('tollgate_accounts_consumer'),
    KAFKA_BROKERS: inject('kafkaBrokers'),
    TOLLGATE_INTERNAL_SECRET: 'internal-secret-of-the-specs',
    TOLLGATE_KEY_PEPPER: 'pepper-of-the-specs',
    TOLLGATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TOLLGATE_BOOTSTRAP_OPERATOR_KEY: operatorKey,
  };
  await RunningProcess.migrate('accounts', environment);
  accounts = await RunningProcess.start('accounts', environment);
  console_ = await RunningProcess.start('console', {
    TOLLGATE_INTERNAL_SECRET: environment['TOLLGATE_INTERNAL_SECRET'] as string,
    TOLLGATE_ACCOUNTS_URL: accounts.url,
    TOLLGATE_PRICING_URL: AWAY,
    TOLLGATE_AGGREGATION_URL: AWAY,
    TOLLGATE_BUDGET_ALERT_URL: AWAY,
    TOLLGATE_INVOICING_URL: AWAY,
    TOLLGATE_INGRESS_OPERATIONS_URL: AWAY,
  });
  await vi.waitFor(async () => expect((await fetch(`${accounts.url}/readyz`)).status).toBe(200), { timeout: 20_000, interval: 100 });
});
afterAll(async () => {
  await console_?.end('SIGTERM');
  await accounts?.end('SIGTERM');
});

async function call(key: string, method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${console_.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, string>) };
}

describe('a key', () => {
  it('works at once, overlaps its successor as long as asked, and is refused within 5 s of its revocation', async () => {
    const organization = await call(operatorKey, 'POST', '/organizations', { name: 'Acme', country: 'DE', currency: 'EUR' });
    expect(organization.status).toBe(201);
    const admin = organization.body['adminKey'] as string;
    const created = await call(admin, 'POST', '/api-keys', { name: 'Finance', scopes: ['billing:read'] });
    const key = created.body['key'] as string;
    expect(await call(key, 'GET', '/me')).toMatchObject({
      status: 200,
      body: { scopes: ['billing:read'], organization: { name: 'Acme', currency: 'EUR' } },
    });
    expect((await call(key, 'GET', '/api-keys')).status).toBe(403);

    const rotated = await call(admin, 'POST', `/api-keys/${created.body['id']}/rotate`, { overlapSeconds: 3 });
    const successor = rotated.body['key'] as string;
    expect([(await call(key, 'GET', '/me')).status, (await call(successor, 'GET', '/me')).status]).toEqual([200, 200]);
    // The overlap of 3 s, and up to 2 s for which an answer of accounts holds.
    await expect.poll(async () => (await call(key, 'GET', '/me')).status, { timeout: 5_500, interval: 100 }).toBe(401);
    expect((await call(successor, 'GET', '/me')).status).toBe(200);

    const before = Date.now();
    expect((await call(admin, 'DELETE', `/api-keys/${created.body['id']}`)).status).toBe(204);
    await expect
      .poll(async () => (await call(successor, 'GET', '/me')).body['code'], { timeout: 5_000, interval: 100 })
      .toBe('key_revoked');
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  it('of one organisation gets 404 for what another one has, through the front door too', async () => {
    const [one, other] = await Promise.all(
      ['One', 'Other'].map((name) => call(operatorKey, 'POST', '/organizations', { name, country: 'US', currency: 'USD' })),
    );
    const mine = one?.body['adminKey'] as string;
    const theirs = other?.body['adminKey'] as string;
    const { id } = (await call(mine, 'POST', '/api-keys', { name: 'A', scopes: ['inference'] })).body;
    await call(mine, 'POST', '/projects', { slug: 'mine', name: 'Mine' });
    const attempts: [string, string][] = [
      ['GET', `/api-keys/${id}`],
      ['DELETE', `/api-keys/${id}`],
      ['POST', `/api-keys/${id}/rotate`],
      ['GET', '/projects/mine'],
      ['GET', `/organizations/${one?.body['id']}`],
    ];
    for (const [method, path] of attempts) expect([method, path, (await call(theirs, method, path)).status]).toEqual([method, path, 404]);
    const forged = await fetch(`${console_.url}/api/v1/projects`, {
      headers: { authorization: `Bearer ${theirs}`, 'x-tollgate-organization': one?.body['id'] as string },
    });
    expect(forged.status).toBe(403);
  });

  it('is not refused while accounts is away, and works when it is back', async () => {
    const { port } = new URL(accounts.url);
    expect(await accounts.end('SIGKILL')).toBeNull();
    const unseen = generateApiKey('test');
    for (const key of [unseen, unseen]) expect((await call(key, 'GET', '/me')).status).toBe(503);
    accounts = await RunningProcess.start('accounts', { ...environment, TOLLGATE_PORT: port });
    await expect.poll(async () => (await call(operatorKey, 'GET', '/me')).status, { timeout: 10_000 }).toBe(200);
    expect((await call(unseen, 'GET', '/me')).status).toBe(401);
  });
});

describe('the processes', () => {
  it('end with 0 within 10 s of SIGTERM', async () => {
    const before = Date.now();
    const extra = await RunningProcess.start('accounts', environment);
    expect(await extra.end('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  it('show the reference with what answers, and name what does not', async () => {
    const document = (await (await fetch(`${console_.url}/api/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
      'x-degraded': string[];
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/me', '/api/v1/api-keys/{id}/rotate', '/api/v1/organizations']),
    );
    expect(document['x-degraded']).toEqual(['pricing', 'aggregation', 'budget-alert', 'invoicing', 'ingress']);
    const page = await (await fetch(`${console_.url}/docs`)).text();
    expect(page).toContain('Replace a key under the same id');
    expect(page).toContain('pricing, aggregation, budget-alert, invoicing, ingress did not answer just now');
  });
});
