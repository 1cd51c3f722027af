import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, adminOf, OPERATOR } from './accounts-fixture';

let accounts: AccountsFixture;
beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
});
afterAll(() => accounts?.stop());

const acme = { name: 'Acme', country: 'DE', currency: 'EUR' };

describe('creating an organisation', () => {
  it('answers it with its admin key, which is valid at once', async () => {
    const { status, body } = await accounts.call(OPERATOR, 'POST', '/api/v1/organizations', {
      ...acme,
      timeZone: 'europe/berlin',
      vatId: 'de 136 695 976',
      requiredTags: ['project', 'team'],
      missingTags: 'refuse',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...acme,
      legalName: 'Acme',
      timeZone: 'Europe/Berlin',
      vatId: 'DE136695976',
      status: 'active',
      requiredTags: ['project', 'team'],
      missingTags: 'refuse',
    });
    expect(body.adminKey).toMatch(/^tg_live_/);
    const key = await accounts.callAsService('POST', '/internal/keys/authenticate', { key: body.adminKey });
    expect(key.body).toMatchObject({
      organizationId: body.id,
      scopes: ['admin'],
      operator: false,
      organization: { currency: 'EUR', timeZone: 'Europe/Berlin' },
    });
  });

  it('has UTC, no required tags and no VAT id by default', async () => {
    const { body } = await accounts.call(OPERATOR, 'POST', '/api/v1/organizations', acme);
    expect(body).toMatchObject({ timeZone: 'UTC', requiredTags: [], missingTags: 'untagged', vatId: null, addressLines: [] });
  });

  it.each([
    [{ country: 'UK' }, 'country'],
    [{ currency: 'BTC' }, 'currency'],
    [{ currency: 'RUB' }, 'currency'],
    [{ timeZone: '+01:00' }, 'timeZone'],
    [{ vatId: 'DE136695977' }, 'vatId'],
    [{ name: '  ' }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ requiredTags: ['Team'] }, 'requiredTags[0]'],
    [{ plan: 'gold' }, 'plan'],
  ])('refuses %j and names the field', async (wrong, field) => {
    const { status, body } = await accounts.call(OPERATOR, 'POST', '/api/v1/organizations', { ...acme, ...wrong });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
  });

  it('is made once for one Idempotency-Key, and its admin key is nowhere in the database', async () => {
    const headers = { 'idempotency-key': 'create-acme-1' };
    const first = await accounts.call(OPERATOR, 'POST', '/api/v1/organizations', { ...acme, name: 'Once' }, headers);
    const second = await accounts.call(OPERATOR, 'POST', '/api/v1/organizations', { ...acme, name: 'Once' }, headers);
    expect(second).toMatchObject({ status: 201, body: { ...first.body, adminKey: null } });
    const made = await accounts.sql(accounts.ownerUrl, "select count(*) as n from organizations where name = 'Once'");
    expect(made).toEqual([{ n: '1' }]);
    const kept = await accounts.sql(accounts.ownerUrl, 'select count(*) as n from idempotency_keys where body::text like $1', [
      `%${first.body.adminKey}%`,
    ]);
    expect(kept).toEqual([{ n: '0' }]);
  });

  it('needs the scope operator', async () => {
    const { admin } = await accounts.newOrganization();
    expect((await accounts.call(admin, 'POST', '/api/v1/organizations', acme)).status).toBe(403);
  });
});

describe('reading organisations', () => {
  it('pages through all of them for the operator', async () => {
    for (let n = 0; n < 3; n += 1) await accounts.newOrganization();
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await accounts.call(OPERATOR, 'GET', `/api/v1/organizations?limit=2${cursor}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map((row: { id: string }) => row.id));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    const [{ n }] = (await accounts.sql(accounts.ownerUrl, 'select count(*) as n from organizations')) as [{ n: string }];
    expect(seen).toHaveLength(Number(n));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('shows a member its own alone', async () => {
    const mine = await accounts.newOrganization();
    const other = await accounts.newOrganization();
    expect((await accounts.call(mine.admin, 'GET', '/api/v1/organizations')).body).toMatchObject({ data: [{ id: mine.id }], next: null });
    expect((await accounts.call(mine.admin, 'GET', `/api/v1/organizations/${mine.id}`)).status).toBe(200);
    expect((await accounts.call(mine.admin, 'GET', `/api/v1/organizations/${other.id}`)).status).toBe(404);
  });

  it.each(['nonsense', '0199a000-0000-7000-8000-000000000000', '00000000-0000-0000-0000-000000000000'])('answers 404 to %s', async (id) => {
    expect((await accounts.call(OPERATOR, 'GET', `/api/v1/organizations/${id}`)).status).toBe(404);
  });
});

describe('changing an organisation', () => {
  it('keeps currency and time zone as they were created', async () => {
    const { id } = await accounts.newOrganization();
    for (const change of [{ currency: 'USD' }, { timeZone: 'Asia/Tokyo' }]) {
      const { status, body } = await accounts.call(OPERATOR, 'PATCH', `/api/v1/organizations/${id}`, change);
      expect(status).toBe(400);
      expect(body.detail).toContain('is fixed when the organisation is created');
    }
  });

  it('checks a kept VAT id against a new country', async () => {
    const { id } = await accounts.newOrganization({ vatId: 'DE136695976' });
    expect((await accounts.call(OPERATOR, 'PATCH', `/api/v1/organizations/${id}`, { country: 'AT' })).status).toBe(400);
    const both = await accounts.call(OPERATOR, 'PATCH', `/api/v1/organizations/${id}`, { country: 'AT', vatId: 'ATU13585627' });
    expect(both).toMatchObject({ status: 200, body: { country: 'AT', vatId: 'ATU13585627' } });
  });

  it('lets admins set tag rules and leaves tax and status to the operator', async () => {
    const { id, admin } = await accounts.newOrganization();
    const rules = await accounts.call(admin, 'PATCH', `/api/v1/organizations/${id}`, { requiredTags: ['team'], missingTags: 'refuse' });
    expect(rules).toMatchObject({ status: 200, body: { requiredTags: ['team'], missingTags: 'refuse' } });
    for (const change of [{ status: 'suspended' }, { vatId: 'DE136695976' }, { country: 'US' }]) {
      expect((await accounts.call(admin, 'PATCH', `/api/v1/organizations/${id}`, change)).status).toBe(403);
    }
  });

  it('is not done by another organisation', async () => {
    const { id } = await accounts.newOrganization();
    const stranger = adminOf((await accounts.newOrganization()).id);
    expect((await accounts.call(stranger, 'PATCH', `/api/v1/organizations/${id}`, { name: 'Mine now' })).status).toBe(404);
  });
});
