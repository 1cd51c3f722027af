import { openSecret, secretBinding } from '@tollgate/platform/secret-box';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'), {
    TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: '',
  });
});
afterAll(() => accounts?.stop());

const SECRET = 'sk-marker-of-the-secret';
const openai = { provider: 'openai', secret: SECRET };

async function sealedSecret(id: string): Promise<string> {
  const [row] = await accounts.sql(accounts.ownerUrl, 'select encrypted_secret from provider_connections where id = $1', [id]);
  return row?.['encrypted_secret'] as string;
}

describe('a provider connection', () => {
  it('is shared when the operator names no organisation, and an organisation’s own otherwise', async () => {
    const { id, admin } = await accounts.newOrganization();
    const shared = await accounts.call(OPERATOR, 'POST', '/api/v1/providers', { ...openai, name: 'Shared' });
    expect(shared).toMatchObject({
      status: 201,
      body: { organizationId: null, provider: 'openai', baseUrl: 'https://api.openai.com/v1', status: 'active' },
    });
    expect((await accounts.call(admin, 'POST', '/api/v1/providers', openai)).body).toMatchObject({ organizationId: id, name: 'openai' });
    const byOperator = await accounts.call(OPERATOR, 'POST', '/api/v1/providers', { ...openai, name: 'For them', organizationId: id });
    expect(byOperator.body).toMatchObject({ organizationId: id });
    expect((await accounts.call(admin, 'GET', '/api/v1/providers')).body.data).toHaveLength(2);
    expect((await accounts.call(admin, 'GET', `/api/v1/providers/${shared.body.id}`)).status).toBe(404);
  });

  it('keeps its secret encrypted, bound to organisation and connection, and shows it nowhere', async () => {
    const { id, admin } = await accounts.newOrganization();
    const { body } = await accounts.call(admin, 'POST', '/api/v1/providers', openai, { 'idempotency-key': 'connect-1' });
    const shared = (await accounts.call(OPERATOR, 'POST', '/api/v1/providers', { ...openai, name: 'Bound' })).body;
    const key = Buffer.from(accounts.environment['TOLLGATE_ENCRYPTION_KEY'] as string, 'base64');
    expect(openSecret(key, secretBinding(id, body.id), await sealedSecret(body.id))).toBe(SECRET);
    expect(openSecret(key, secretBinding(null, shared.id), await sealedSecret(shared.id))).toBe(SECRET);
    expect(JSON.stringify([body, (await accounts.call(admin, 'GET', '/api/v1/audit-log')).body])).not.toContain(SECRET);
    const tables = ['provider_connections', 'audit_log', 'outbox', 'idempotency_keys'];
    for (const table of tables) {
      const [row] = await accounts.sql(accounts.ownerUrl, `select count(*) as n from ${table} where ${table}::text like $1`, [
        `%${SECRET}%`,
      ]);
      expect([table, row?.['n']]).toEqual([table, '0']);
    }
  });

  it('needs a base URL when the provider has no address of its own', async () => {
    const { admin } = await accounts.newOrganization();
    const azure = { provider: 'azure', secret: SECRET };
    expect(await accounts.call(admin, 'POST', '/api/v1/providers', azure)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'baseUrl' }] },
    });
    const given = await accounts.call(admin, 'POST', '/api/v1/providers', { ...azure, baseUrl: 'https://1.1.1.1/openai/v1/' });
    expect(given).toMatchObject({ status: 201, body: { baseUrl: 'https://1.1.1.1/openai/v1' } });
  });

  it.each([
    'http://127.0.0.1:8190/v1',
    'https://localhost/v1',
    'https://10.0.0.7/v1',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/v1',
    'https://[::ffff:127.0.0.1]/v1',
    'https://0x7f000001/v1',
    'https://2130706433/v1',
    'https://0.0.0.0/v1',
    'http://1.1.1.1/v1',
    'https://user:pass@1.1.1.1/v1',
    'https://1.1.1.1/v1?key=1',
    'https://1.1.1.1/v1#part',
    'file:///etc/passwd',
    'ftp://1.1.1.1/',
    'nonsense',
  ])('is refused at %s, at creation and at change', async (baseUrl) => {
    const { admin } = await accounts.newOrganization();
    expect((await accounts.call(admin, 'POST', '/api/v1/providers', { ...openai, baseUrl })).status).toBe(400);
    const { id } = (await accounts.call(admin, 'POST', '/api/v1/providers', openai)).body;
    expect((await accounts.call(admin, 'PATCH', `/api/v1/providers/${id}`, { baseUrl, secret: SECRET })).status).toBe(400);
  });

  it('does not send its secret to another host unless the secret is named again', async () => {
    const { admin } = await accounts.newOrganization();
    const { id } = (await accounts.call(admin, 'POST', '/api/v1/providers', openai)).body;
    const moved = { baseUrl: 'https://1.1.1.1/v1' };
    expect(await accounts.call(admin, 'PATCH', `/api/v1/providers/${id}`, moved)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'secret' }] },
    });
    expect((await accounts.call(admin, 'PATCH', `/api/v1/providers/${id}`, { ...moved, secret: 'sk-2' })).status).toBe(200);
    expect((await accounts.call(admin, 'PATCH', `/api/v1/providers/${id}`, { baseUrl: 'https://1.1.1.1/v2' })).status).toBe(200);
  });

  it('is told from another of the same provider by its name', async () => {
    const { admin } = await accounts.newOrganization();
    const first = await accounts.call(admin, 'POST', '/api/v1/providers', openai);
    expect(await accounts.call(admin, 'POST', '/api/v1/providers', openai)).toMatchObject({
      status: 409,
      body: { code: 'connection_exists' },
    });
    const second = await accounts.call(admin, 'POST', '/api/v1/providers', { ...openai, name: 'EU' });
    expect(second.status).toBe(201);
    const taken = await accounts.call(admin, 'PATCH', `/api/v1/providers/${second.body.id}`, { name: first.body.name });
    expect(taken).toMatchObject({ status: 409, body: { code: 'connection_exists' } });
  });

  it('is disabled, enabled and removed', async () => {
    const { admin } = await accounts.newOrganization();
    const { id } = (await accounts.call(admin, 'POST', '/api/v1/providers', openai)).body;
    for (const status of ['disabled', 'active']) {
      expect((await accounts.call(admin, 'PATCH', `/api/v1/providers/${id}`, { status })).body).toMatchObject({ status });
    }
    expect((await accounts.call(admin, 'DELETE', `/api/v1/providers/${id}`)).status).toBe(204);
    expect((await accounts.call(admin, 'GET', `/api/v1/providers/${id}`)).status).toBe(404);
  });

  it('is not made for another organisation', async () => {
    const { admin } = await accounts.newOrganization();
    const other = await accounts.newOrganization();
    expect((await accounts.call(admin, 'POST', '/api/v1/providers', { ...openai, organizationId: other.id })).status).toBe(403);
  });

  it.each([{ provider: 'Open AI' }, { secret: '' }, { secret: 'two words' }, { secret: 'line\nbreak' }, { temperature: 1 }])(
    'is refused as %j',
    async (wrong) => {
      const { admin } = await accounts.newOrganization();
      expect((await accounts.call(admin, 'POST', '/api/v1/providers', { ...openai, ...wrong })).status).toBe(400);
    },
  );
});

describe('the operator’s allowance of private addresses', () => {
  it('lets a base URL point at what it names, and at nothing else', async () => {
    const lenient = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'), {
      TOLLGATE_ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8,::1',
    });
    try {
      const connect = (baseUrl: string) => lenient.call(OPERATOR, 'POST', '/api/v1/providers', { ...openai, name: baseUrl, baseUrl });
      expect((await connect('http://127.0.0.1:8190/v1')).status).toBe(201);
      expect((await connect('http://localhost:8190/v1')).status).toBe(201);
      expect((await connect('http://10.0.0.7/v1')).status).toBe(400);
    } finally {
      await lenient.stop();
    }
  });
});
