import { createDataSource, NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ACME, organization, PricingFixture, record, usage } from '../fixtures/pricing.fixture';

const OTHER = '0a000000-0000-4000-8000-0000000000d2';
const TENANT_TABLES = ['rated_events', 'charges', 'recent_totals', 'parked_usage', 'conflicts', 'duplicates', 'markups'];
const LEDGER = { charges: 'amount', rated_events: 'epoch', conflicts: 'seen_at', duplicates: 'seen_at', dead_letters: 'reason' };

let pricing: PricingFixture;
let tenants: TenantDatabase;
let serial = 0;
const newId = () => `0c000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_roles'));
  tenants = new TenantDatabase(createDataSource({ url: pricing.restUrl, schema: 'pricing', entities: [], applicationName: 'spec' }));
  await pricing.price('input_tokens', '1');
  await pricing.rate('USD', '2026-10-01', '1.25');
  pricing.organizations.set(OTHER, organization(OTHER));
  const quantities = { input_tokens: '1' };
  let sequence = 0;
  for (const organizationId of [ACME, OTHER]) {
    const first = usage(newId(), { organizationId, quantities });
    await pricing.handler.handle([
      record((sequence += 1), first),
      record((sequence += 1), first),
      record((sequence += 1), { ...first, operation: 'other' }),
      record((sequence += 1), usage(newId(), { organizationId, quantities, model: 'unpriced' })),
    ]);
    await tenants.run(organizationId, (manager) =>
      manager.query("INSERT INTO markups VALUES ($1, '-infinity', 0, 0, 1)", [organizationId]),
    );
  }
});
afterAll(() => Promise.all([pricing.close(), tenants.close()]));

describe('the role of REST', () => {
  it.each(TENANT_TABLES)('sees only the rows of %s that belong to the organisation of its transaction', async (table) => {
    const seen = async (organizationId: string) =>
      (
        (await tenants.run(organizationId, (manager) => manager.query(`SELECT DISTINCT organization_id FROM ${table}`))) as {
          organization_id: string;
        }[]
      ).map((row) => row.organization_id);
    expect(await seen(ACME)).toEqual([ACME]);
    expect(await seen(OTHER)).toEqual([OTHER]);
    expect(await seen(NO_ORGANIZATION)).toEqual([]);
  });

  it('cannot set another organisation’s mark-up', async () => {
    const foreign = tenants.run(ACME, (manager) => manager.query("INSERT INTO markups VALUES ($1, 'infinity', 0, 0, 2)", [OTHER]));
    await expect(foreign).rejects.toThrow('row-level security');
  });

  it.each([
    'INSERT INTO charges DEFAULT VALUES',
    'UPDATE charges SET amount = 0',
    'DELETE FROM charges',
    'TRUNCATE charges',
    'UPDATE list_prices SET amount = 0',
    'DELETE FROM list_prices',
    'UPDATE fx_rates SET rate = 1',
    'DELETE FROM producer_write_offs',
  ])('may not: %s', async (sql) => {
    await expect(tenants.run(ACME, (manager) => manager.query(sql))).rejects.toThrow('permission denied');
  });
});

describe('the role of the consumer', () => {
  it.each(
    Object.entries(LEDGER).flatMap(([table, column]) => [
      `UPDATE ${table} SET ${column} = NULL`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]),
  )('may only add to the ledger, and not: %s', async (sql) => {
    await expect(pricing.consumer.query(sql)).rejects.toThrow('permission denied');
  });

  it('reaches no partition past the policies of the table', async () => {
    const { rows } = await pricing.owner.query<{ name: string; secured: boolean }>(
      `SELECT c.relname AS name, c.relrowsecurity AS secured FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = 'charges'`,
    );
    // 14 months back, this one, 3 ahead, and the default.
    expect(rows).toHaveLength(19);
    expect(rows.filter(({ secured }) => !secured)).toEqual([]);
  });
});

describe('both roles', () => {
  it('are neither owner, nor superuser, nor past row-level security', async () => {
    const { rows } = await pricing.owner.query<{ bad: number }>(
      `SELECT count(*)::int AS bad FROM pg_roles r WHERE r.rolname IN ('tollgate_pricing', 'tollgate_pricing_consumer')
         AND (r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))`,
    );
    expect(rows).toEqual([{ bad: 0 }]);
  });
});
