import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
});
afterAll(() => accounts?.stop());

describe('the audit log', () => {
  it('tells who did what, with before and after, newest first', async () => {
    const { id, admin } = await accounts.newOrganization();
    await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'search', name: 'Search' });
    await accounts.call(admin, 'PATCH', '/api/v1/projects/search', { name: 'Find' });
    const key = (await accounts.call(admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] })).body;
    await accounts.call(admin, 'POST', `/api/v1/api-keys/${key.id}/rotate`);
    await accounts.call(admin, 'DELETE', `/api/v1/api-keys/${key.id}`);
    const connection = (await accounts.call(admin, 'POST', '/api/v1/providers', { provider: 'openai', secret: 's' })).body;
    await accounts.call(admin, 'PATCH', `/api/v1/providers/${connection.id}`, { secret: 't' });
    await accounts.call(admin, 'DELETE', `/api/v1/providers/${connection.id}`);
    const { body } = await accounts.call(admin, 'GET', '/api/v1/audit-log');
    expect(body.data.map((entry: { action: string }) => entry.action)).toEqual([
      'provider_connection.removed',
      'provider_connection.changed',
      'provider_connection.created',
      'api_key.revoked',
      'api_key.rotated',
      'api_key.created',
      'project.changed',
      'project.created',
      'api_key.created',
      'organization.created',
    ]);
    expect(body.data[1]).toMatchObject({ after: { secretChanged: true } });
    expect(body.data[6]).toMatchObject({
      actorKeyId: admin.keyId,
      actorOperator: false,
      before: { name: 'Search' },
      after: { name: 'Find' },
    });
    expect(body.data[9]).toMatchObject({ actorKeyId: OPERATOR.keyId, actorOperator: true, entityId: id, before: null });
  });

  it('is filtered and paged', async () => {
    const { admin } = await accounts.newOrganization();
    for (const slug of ['a', 'b', 'c']) await accounts.call(admin, 'POST', '/api/v1/projects', { slug, name: slug });
    const first = await accounts.call(admin, 'GET', '/api/v1/audit-log?entity=project&limit=2');
    expect(first.body.data.map((entry: { after: { slug: string } }) => entry.after.slug)).toEqual(['c', 'b']);
    const second = await accounts.call(admin, 'GET', `/api/v1/audit-log?entity=project&limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ data: [{ after: { slug: 'a' } }], next: null });
  });

  it('holds nothing of a change that did not happen', async () => {
    const { admin } = await accounts.newOrganization();
    await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'a', name: 'A' });
    await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'a', name: 'A' });
    expect((await accounts.call(admin, 'GET', '/api/v1/audit-log?entity=project')).body.data).toHaveLength(1);
  });

  it('cannot be changed or emptied, neither by the service’s roles nor by the owner', async () => {
    const { TOLLGATE_DB_URL: rest, TOLLGATE_CONSUMER_DB_URL: consumer } = accounts.environment as Record<string, string>;
    for (const url of [rest, consumer, accounts.ownerUrl] as string[]) {
      for (const text of ["update audit_log set action = 'x'", 'delete from audit_log', 'truncate audit_log']) {
        await expect(accounts.sql(url, text)).rejects.toThrow(/only ever added|permission denied/);
      }
    }
  });

  it('needs the scope admin', async () => {
    const { admin } = await accounts.newOrganization();
    expect((await accounts.call({ ...admin, scopes: ['billing:read'] }, 'GET', '/api/v1/audit-log')).status).toBe(403);
  });
});
