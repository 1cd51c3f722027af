import { generateApiKey, hashApiKey } from '@tollgate/platform/api-key';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
});
afterAll(() => accounts?.stop());

const authenticate = (key: string) => accounts.callAsService('POST', '/internal/keys/authenticate', { key });

describe('an API key', () => {
  it('is answered once and kept as a hash', async () => {
    const { admin } = await accounts.newOrganization();
    const { status, body } = await accounts.call(admin, 'POST', '/api/v1/api-keys', {
      name: 'CI',
      environment: 'test',
      scopes: ['inference', 'usage:write'],
      tags: { team: 'search' },
    });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^tg_test_/);
    expect(body).toMatchObject({
      prefix: body.key.slice(0, 12),
      status: 'active',
      scopes: ['inference', 'usage:write'],
      tags: { team: 'search' },
    });
    const shown = await accounts.call(admin, 'GET', `/api/v1/api-keys/${body.id}`);
    const { key: _shownOnce, ...rest } = body;
    expect(shown.body).toEqual(rest);
    const [row] = await accounts.sql(accounts.ownerUrl, 'select api_keys::text as everything, hash from api_keys where id = $1', [body.id]);
    expect(row?.['hash']).toBe(hashApiKey('pepper-of-the-specs', body.key));
    expect(row?.['everything']).not.toContain(body.key);
  });

  it('is found by its hash too, and only by services', async () => {
    const { adminKey, admin, id } = await accounts.newOrganization();
    const hash = hashApiKey('pepper-of-the-specs', adminKey);
    expect(await accounts.callAsService('POST', '/internal/keys/authenticate', { hash })).toMatchObject({
      status: 200,
      body: { organizationId: id, hash },
    });
    expect((await accounts.call(admin, 'POST', '/internal/keys/authenticate', { hash })).status).toBe(403);
    expect((await accounts.callAsService('POST', '/internal/keys/authenticate', { hash, key: adminKey })).status).toBe(400);
  });

  it('is 404 when it was never made', async () => {
    expect(await authenticate(generateApiKey('live'))).toMatchObject({ status: 404, body: { code: 'key_unknown' } });
  });

  it('goes on beside its successor for the overlap and not longer', async () => {
    const { admin } = await accounts.newOrganization();
    const old = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] })).body;
    const rotated = await accounts.call(admin, 'POST', `/api/v1/api-keys/${old.id}/rotate`, { overlapSeconds: 1 });
    expect(rotated).toMatchObject({ status: 200, body: { id: old.id, status: 'active' } });
    expect(rotated.body.key).not.toBe(old.key);
    expect(Date.parse(rotated.body.previousKeyExpiresAt)).toBeGreaterThan(Date.now() - 1_000);
    expect([await authenticate(old.key), await authenticate(rotated.body.key)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await authenticate(old.key)).toMatchObject({ status: 404, body: { code: 'key_replaced' } });
    expect((await authenticate(rotated.body.key)).status).toBe(200);
  });

  it('ends at once when it is rotated without overlap', async () => {
    const { admin } = await accounts.newOrganization();
    const old = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] })).body;
    const rotated = await accounts.call(admin, 'POST', `/api/v1/api-keys/${old.id}/rotate`);
    expect(rotated).toMatchObject({ status: 200, body: { previousKeyExpiresAt: null } });
    expect((await authenticate(old.key)).status).toBe(404);
  });

  it('takes the one before the last rotation with it when it is revoked, and stays revoked', async () => {
    const { admin } = await accounts.newOrganization();
    const old = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] })).body;
    const { key } = (await accounts.call(admin, 'POST', `/api/v1/api-keys/${old.id}/rotate`, { overlapSeconds: 600 })).body;
    for (let time = 0; time < 2; time += 1) expect((await accounts.call(admin, 'DELETE', `/api/v1/api-keys/${old.id}`)).status).toBe(204);
    expect(await authenticate(key)).toMatchObject({ status: 404, body: { code: 'key_revoked' } });
    expect((await authenticate(old.key)).status).toBe(404);
    expect(await accounts.call(admin, 'POST', `/api/v1/api-keys/${old.id}/rotate`)).toMatchObject({
      status: 409,
      body: { code: 'key_revoked' },
    });
    expect((await accounts.call(admin, 'GET', `/api/v1/api-keys/${old.id}`)).body).toMatchObject({ status: 'revoked' });
  });

  it('expires by itself', async () => {
    const { admin } = await accounts.newOrganization();
    const expiresAt = new Date(Date.now() + 700).toISOString();
    const { key } = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'], expiresAt })).body;
    expect((await authenticate(key)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 750));
    expect(await authenticate(key)).toMatchObject({ status: 404, body: { code: 'key_expired' } });
  });

  it('is bound to a project that exists and is active', async () => {
    const { admin } = await accounts.newOrganization();
    const bound = { name: 'A', scopes: ['inference'], project: 'search', mayTagProject: true };
    expect(await accounts.call(admin, 'POST', '/api/v1/api-keys', bound)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'project' }] },
    });
    await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'search', name: 'Search' });
    expect(await accounts.call(admin, 'POST', '/api/v1/api-keys', bound)).toMatchObject({
      status: 201,
      body: { project: 'search', mayTagProject: true },
    });
    await accounts.call(admin, 'PATCH', '/api/v1/projects/search', { status: 'archived' });
    expect(await accounts.call(admin, 'POST', '/api/v1/api-keys', bound)).toMatchObject({
      status: 409,
      body: { code: 'project_archived' },
    });
  });

  it.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['root'] }, 'scopes[0]'],
    [{ scopes: ['inference', 'inference'] }, 'scopes'],
    [{ scopes: ['operator'] }, 'scopes'],
    [{ scopes: ['admin'], project: 'search' }, 'project'],
    [{ scopes: ['inference'], mayTagProject: true }, 'mayTagProject'],
    [{ scopes: ['inference'], tags: { project: 'nowhere' } }, 'tags.project'],
    [{ scopes: ['inference'], tags: { 'a,b': 'x' } }, 'tags.a,b'],
    [{ scopes: ['inference'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ scopes: ['inference'], expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ scopes: ['inference'], environment: 'prod' }, 'environment'],
  ])('is refused as %j, naming the field', async (wrong, field) => {
    const { admin } = await accounts.newOrganization();
    const { status, body } = await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', ...wrong });
    expect(status).toBe(400);
    expect(body.errors[0].field).toBe(field);
  });

  it('overlaps a week at most', async () => {
    const { admin } = await accounts.newOrganization();
    const { id } = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] })).body;
    for (const overlapSeconds of [-1, 1.5, 604_801, '60']) {
      expect((await accounts.call(admin, 'POST', `/api/v1/api-keys/${id}/rotate`, { overlapSeconds })).status).toBe(400);
    }
  });

  it('has the scope operator only when an operator makes it for no organisation', async () => {
    const made = await accounts.call(OPERATOR, 'POST', '/api/v1/api-keys', { name: 'Second operator', scopes: ['operator'] });
    expect(made).toMatchObject({ status: 201, body: { organizationId: null } });
    expect((await authenticate(made.body.key)).body).toMatchObject({ organizationId: null, operator: true, organization: null });
    expect((await accounts.call(OPERATOR, 'POST', '/api/v1/api-keys', { name: 'B', scopes: ['inference'] })).status).toBe(400);
    const { id } = await accounts.newOrganization();
    const named = { 'x-tollgate-organization': id };
    expect((await accounts.call(OPERATOR, 'POST', '/api/v1/api-keys', { name: 'C', scopes: ['operator'] }, named)).status).toBe(400);
    expect((await accounts.call(OPERATOR, 'POST', '/api/v1/api-keys', { name: 'D', scopes: ['admin'] }, named)).body).toMatchObject({
      organizationId: id,
    });
  });
});

describe('the bootstrap operator key', () => {
  it('is valid from the start, and a second start changes nothing', async () => {
    const key = accounts.environment['TOLLGATE_BOOTSTRAP_OPERATOR_KEY'] as string;
    await expect.poll(async () => (await authenticate(key)).status).toBe(200);
    const again = await AccountsFixture.boot(accounts.environment);
    await expect.poll(async () => (await fetch(`${await again.getUrl()}/readyz`)).status).toBe(200);
    await again.close();
    const entries = await accounts.sql(accounts.ownerUrl, "select action from audit_log where actor_key_id = 'system'");
    expect(entries).toEqual([{ action: 'api_key.created' }]);
  });

  it('gives way to another one in the environment', async () => {
    const next = generateApiKey('test');
    const again = await AccountsFixture.boot({ ...accounts.environment, TOLLGATE_BOOTSTRAP_OPERATOR_KEY: next });
    await expect.poll(async () => (await authenticate(next)).status).toBe(200);
    await again.close();
    expect((await authenticate(accounts.environment['TOLLGATE_BOOTSTRAP_OPERATOR_KEY'] as string)).status).toBe(404);
  });
});
