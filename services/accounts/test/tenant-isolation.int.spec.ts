import { hashApiKey } from '@tollgate/platform/api-key';
import { createDataSource, TenantDatabase } from '@tollgate/platform/database';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AccountsFixture, OPERATOR } from './accounts-fixture';
import { ApiKeyEntity } from '../src/db/api-key.entity';
import { AuditEntryEntity } from '../src/db/audit-entry.entity';
import { OrganizationEntity } from '../src/db/organization.entity';
import { ProjectEntity } from '../src/db/project.entity';
import { ProviderConnectionEntity } from '../src/db/provider-connection.entity';

const ENTITIES = [OrganizationEntity, ProjectEntity, ApiKeyEntity, ProviderConnectionEntity, AuditEntryEntity];
const TENANT_TABLES = ['organizations', 'projects', 'api_keys', 'provider_connections', 'audit_log', 'idempotency_keys'];

let accounts: AccountsFixture;
let owner: Awaited<ReturnType<AccountsFixture['newOrganization']>>;
let stranger: Awaited<ReturnType<AccountsFixture['newOrganization']>>;
let foreign: Record<string, string>;

beforeAll(async () => {
  accounts = await AccountsFixture.start(await freshDatabase(inject('databaseUrl'), 'accounts'));
  owner = await accounts.newOrganization();
  stranger = await accounts.newOrganization();
  await accounts.call(owner.admin, 'POST', '/api/v1/projects', { slug: 'secret-project', name: 'S' }, { 'idempotency-key': 'k' });
  const key = await accounts.call(owner.admin, 'POST', '/api/v1/api-keys', { name: 'A', scopes: ['inference'] });
  const connection = await accounts.call(owner.admin, 'POST', '/api/v1/providers', { provider: 'openai', secret: 's' });
  const shared = await accounts.call(OPERATOR, 'POST', '/api/v1/providers', { provider: 'openai', secret: 's' });
  foreign = {
    organizations: owner.id,
    projects: 'secret-project',
    'api-keys': key.body.id,
    providers: connection.body.id,
    shared: shared.body.id,
  };
});
afterAll(() => accounts?.stop());

async function operations(): Promise<[string, string][]> {
  const document = (await (await fetch(`${accounts.url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]),
  );
}

describe('an organisation', () => {
  it('gets 404 for every path that names something of another one', async () => {
    const named = (await operations()).filter(([, path]) => path.includes('{'));
    expect(named.length).toBe(10);
    for (const [method, path] of named) {
      const collection = path.split('/')[3] as string;
      const target = path.replace(/\{(id|slug)\}/, foreign[collection] as string);
      const body = method === 'PATCH' ? { name: 'Mine' } : method === 'POST' ? {} : undefined;
      expect([method, path, (await accounts.call(stranger.admin, method, target, body)).status]).toEqual([method, path, 404]);
    }
    const survived = await accounts.call(owner.admin, 'GET', `/api/v1/api-keys/${foreign['api-keys']}`);
    expect(survived.body).toMatchObject({ status: 'active', name: 'A' });
  });

  it('finds nothing of another one, or of the operator, in any list', async () => {
    for (const [method, path] of (await operations()).filter(([method, path]) => method === 'GET' && !path.includes('{'))) {
      const { status, body } = await accounts.call(stranger.admin, method, path);
      expect(status).toBe(200);
      const text = JSON.stringify(body);
      for (const id of Object.values(foreign)) expect([path, text.includes(id)]).toEqual([path, false]);
    }
  });

  it('cannot name another one by header or query', async () => {
    expect(
      (await accounts.call(stranger.admin, 'GET', '/api/v1/projects', undefined, { 'x-tollgate-organization': owner.id })).status,
    ).toBe(403);
    expect((await accounts.call(stranger.admin, 'GET', `/api/v1/projects?organizationId=${owner.id}`)).status).toBe(403);
  });

  it('is not reached by a key without a token, or with one signed by somebody else', async () => {
    for (const headers of [{}, { 'x-tollgate-internal': 'eyJhbGciOiJub25lIn0.e30.' }]) {
      expect((await fetch(`${accounts.url}/api/v1/projects`, { headers })).status).toBe(401);
    }
  });
});

describe('raw SQL through the service’s own roles', () => {
  const urls = () => [accounts.environment['TOLLGATE_DB_URL'], accounts.environment['TOLLGATE_CONSUMER_DB_URL']] as [string, string];

  it('sees no row outside of a tenant’s transaction', async () => {
    for (const table of TENANT_TABLES) {
      const [rest, consumer] = urls();
      // The setting is absent in a fresh session, so the comparison is with null.
      expect([table, await accounts.sql(rest, `select * from ${table}`)]).toEqual([table, []]);
      await expect(accounts.sql(consumer, `select * from ${table}`)).rejects.toThrow(/permission denied/);
    }
  });

  it('sees and writes rows of the named organisation alone', async () => {
    const database = new TenantDatabase(
      createDataSource({ url: urls()[0], schema: 'accounts', entities: ENTITIES, applicationName: 'spec' }),
    );
    try {
      await database.run(stranger.id, async (manager) => {
        for (const table of TENANT_TABLES) {
          const column = table === 'organizations' ? 'id' : 'organization_id';
          expect(await manager.query(`select * from ${table} where ${column} <> $1`, [stranger.id])).toEqual([]);
        }
      });
      const intruding = database.run(stranger.id, (manager) =>
        manager.query('insert into projects values (gen_random_uuid(), $1, $2, $2, $3, now(), now())', [owner.id, 'intruder', 'active']),
      );
      await expect(intruding).rejects.toThrow(/row-level security/);
    } finally {
      await database.close();
    }
  });

  it('runs as roles that own nothing and bypass nothing', async () => {
    for (const url of urls()) {
      const [role] = await accounts.sql(
        url,
        `select rolsuper, rolbypassrls, rolcreaterole, (select count(*) from pg_class c where c.relowner = r.oid) as owned,
                (select count(*) from pg_auth_members m where m.member = r.oid) as memberships
         from pg_roles r where rolname = current_user`,
      );
      expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: '0', memberships: '0' });
    }
  });

  it('is held by forced row-level security on every tenant table', async () => {
    const tables = await accounts.sql(
      accounts.ownerUrl,
      `select relname from pg_class where relnamespace = 'accounts'::regnamespace and relkind = 'r' and relrowsecurity and relforcerowsecurity order by 1`,
    );
    expect(tables.map((row) => row['relname'])).toEqual([...TENANT_TABLES].sort());
  });

  it('still finds keys where the owner is no superuser, by the policy for it', async () => {
    const client = new Client({ connectionString: accounts.ownerUrl, options: '-c search_path=accounts' });
    await client.connect();
    const found = async () =>
      (await client.query('select id from find_key_by_hash($1)', [hashApiKey('pepper-of-the-specs', owner.adminKey)])).rows.length;
    try {
      await client.query(`begin; create role plain_owner; grant usage, create on schema accounts to plain_owner;
        alter table api_keys owner to plain_owner; alter table organizations owner to plain_owner;
        alter policy owner_reads on api_keys to plain_owner; alter policy owner_reads on organizations to plain_owner;
        alter function find_key_by_hash(text) owner to plain_owner`);
      expect(await found()).toBe(1);
      await client.query('drop policy owner_reads on api_keys');
      expect(await found()).toBe(0);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });
});

describe('the entities', () => {
  it('describe the tables that the migrations make', async () => {
    const source = new DataSource({ type: 'postgres', url: accounts.ownerUrl, schema: 'accounts', entities: ENTITIES, synchronize: false });
    await source.initialize();
    try {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      // Constraints, indexes and defaults live in the SQL files alone; what would be added or retyped here is a drift.
      expect(upQueries.map(({ query }) => query).filter((query) => /ADD "|ALTER COLUMN|CREATE TABLE|TYPE/.test(query))).toEqual([]);
    } finally {
      await source.destroy();
    }
  });
});
