import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
});
afterAll(() => accounts?.stop());

describe('a project', () => {
  it('is created, shown, listed, renamed and archived by its slug', async () => {
    const { admin } = await accounts.newOrganization();
    const created = await accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'search', name: 'Search' });
    expect(created).toMatchObject({ status: 201, body: { slug: 'search', name: 'Search', status: 'active' } });
    expect((await accounts.call(admin, 'GET', '/api/v1/projects/search')).body).toEqual(created.body);
    expect((await accounts.call(admin, 'GET', '/api/v1/projects')).body).toEqual({ data: [created.body], next: null });
    const changed = await accounts.call(admin, 'PATCH', '/api/v1/projects/search', { name: 'Find', status: 'archived' });
    expect(changed).toMatchObject({ status: 200, body: { slug: 'search', name: 'Find', status: 'archived' } });
  });

  it('has a slug that is unique within its organisation and free in another', async () => {
    const one = await accounts.newOrganization();
    const other = await accounts.newOrganization();
    const project = { slug: 'search', name: 'Search' };
    expect((await accounts.call(one.admin, 'POST', '/api/v1/projects', project)).status).toBe(201);
    expect(await accounts.call(one.admin, 'POST', '/api/v1/projects', project)).toMatchObject({
      status: 409,
      body: { code: 'project_exists' },
    });
    expect((await accounts.call(other.admin, 'POST', '/api/v1/projects', project)).status).toBe(201);
  });

  it('is created once by two equal requests with one Idempotency-Key at once', async () => {
    const { admin } = await accounts.newOrganization();
    const create = () => accounts.call(admin, 'POST', '/api/v1/projects', { slug: 'twice', name: 'Twice' }, { 'idempotency-key': 'p-1' });
    const [one, other] = await Promise.all([create(), create()]);
    expect(one?.status).toBe(201);
    expect(other).toMatchObject({ status: 201, body: one?.body });
  });

  it.each(['Search', 'a_b', '-a', 'a-', '', 'a'.repeat(64)])('has no slug %j', async (slug) => {
    const { admin } = await accounts.newOrganization();
    expect((await accounts.call(admin, 'POST', '/api/v1/projects', { slug, name: 'X' })).status).toBe(400);
  });

  it('is made by the operator in the organisation that it names, if there is one', async () => {
    const { id, admin } = await accounts.newOrganization();
    const project = { slug: 'ops', name: 'Ops' };
    const named = await accounts.call(OPERATOR, 'POST', '/api/v1/projects', project, { 'x-tollgate-organization': id });
    expect(named.status).toBe(201);
    expect((await accounts.call(admin, 'GET', '/api/v1/projects/ops')).status).toBe(200);
    expect(await accounts.call(OPERATOR, 'POST', '/api/v1/projects', project)).toMatchObject({
      status: 400,
      body: { code: 'organization_required' },
    });
    const unknown = { 'x-tollgate-organization': '0199a000-0000-7000-8000-000000000000' };
    expect((await accounts.call(OPERATOR, 'POST', '/api/v1/projects', project, unknown)).status).toBe(404);
  });

  it('is not created with a key that only reads', async () => {
    const { admin } = await accounts.newOrganization();
    const reader = { ...admin, scopes: ['billing:read' as const] };
    expect((await accounts.call(reader, 'POST', '/api/v1/projects', { slug: 'a', name: 'A' })).status).toBe(403);
    expect((await accounts.call(reader, 'GET', '/api/v1/projects')).status).toBe(200);
  });

  it('is paged in the order of creation', async () => {
    const { admin } = await accounts.newOrganization();
    for (const slug of ['c', 'a', 'b']) await accounts.call(admin, 'POST', '/api/v1/projects', { slug, name: slug });
    const first = await accounts.call(admin, 'GET', '/api/v1/projects?limit=2');
    expect(first.body.data.map((row: { slug: string }) => row.slug)).toEqual(['c', 'a']);
    const second = await accounts.call(admin, 'GET', `/api/v1/projects?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ data: [{ slug: 'b' }], next: null });
  });
});
