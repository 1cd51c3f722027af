import { createDataSource, TenantDatabase } from '@tollgate/platform/database';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ACME, PricingFixture, record, usage } from '../fixtures/pricing.fixture';
import { ledgerBooks } from './ledger-books';

let pricing: PricingFixture;
let tenants: TenantDatabase;
let serial = 0;
const newId = () => `0d000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;
const books = (cut: string) =>
  tenants.run(ACME, (manager) =>
    ledgerBooks(manager, { organizationId: ACME, period: '2026-10', timeZone: 'Europe/Berlin', cut: Date.parse(cut) }),
  );

/** Runs SQL as the owner, past the roles that may only add. */
const tamper = (sql: string) =>
  pricing.owner.query(`ALTER TABLE charges NO FORCE ROW LEVEL SECURITY; ${sql}; ALTER TABLE charges FORCE ROW LEVEL SECURITY`);

beforeAll(async () => {
  pricing = await PricingFixture.create(await freshDatabase(inject('databaseUrl'), 'pricing_books'));
  tenants = new TenantDatabase(createDataSource({ url: pricing.restUrl, schema: 'pricing', entities: [], applicationName: 'spec' }));
  await pricing.price('input_tokens', '1.25');
  await pricing.rate('USD', '2026-10-01', '1.25');
  const charge = (at: string, tokens: string, over = {}) => {
    pricing.now = Date.parse(at);
    return pricing.handler.handle([record((serial += 1), usage(newId(), { quantities: { input_tokens: tokens }, ...over }))]);
  };
  // Each token costs 1.25 / 1,000,000 × 0.8 = 0.000001.
  await charge('2026-10-14T10:00:00.200Z', '1000');
  await charge('2026-10-14T10:00:00.900Z', '200', { ownConnection: true });
  await charge('2026-10-14T10:00:01.000Z', '30');
  // Another month, and another that is not priced.
  await charge('2026-10-14T10:00:01.100Z', '7', { occurredAt: '2026-11-02T00:00:00.000Z' });
  await charge('2026-10-14T10:00:01.200Z', '7', { model: 'unpriced' });
  await tamper('CREATE TABLE kept AS SELECT * FROM charges');
});
afterAll(() => Promise.all([pricing.close(), tenants.close()]));

describe('the ledger’s books', () => {
  it('sum what was rated before the cut, and count what is parked', async () => {
    // 0.001 amount; the own connection: no fee, so 0 amount, 0.0002 cost, which is direct.
    const expected = { charges: '2', requests: '2', amount: '0.001', cost: '0.0012', direct: '0.0002', parked: '1', detail: [] };
    expect(await books('2026-10-14T10:00:01Z')).toEqual(expected);
    expect(await books('2026-10-14T10:00:02Z')).toEqual({ ...expected, charges: '3', requests: '3', amount: '0.00103', cost: '0.00123' });
    expect(await books('2026-10-14T09:00:00Z')).toEqual({ ...expected, charges: '0', requests: '0', amount: '0', cost: '0', direct: '0' });
  });

  it.each([
    ['an amount that was changed', 'UPDATE charges SET amount = amount + 0.000000001 WHERE requests = 1 AND own_connection', 'lines'],
    ['a charge that was added', 'UPDATE kept SET charge_id = gen_random_uuid(); INSERT INTO charges SELECT * FROM kept', 'events'],
    ['a charge that is gone', 'DELETE FROM charges WHERE own_connection', 'events'],
  ])('name %s', async (_, sql, what) => {
    const kept = await tamper('DROP TABLE kept; CREATE TABLE kept AS SELECT * FROM charges').then(() => pricing.count('kept'));
    await tamper(sql);
    expect((await books('2026-10-14T10:00:02Z')).detail.map((detail) => detail.what).join()).toContain(what);
    await tamper(
      sql.includes('kept')
        ? 'DELETE FROM charges c USING kept k WHERE k.charge_id = c.charge_id'
        : 'DELETE FROM charges; INSERT INTO charges SELECT * FROM kept',
    );
    expect(await pricing.count('kept')).toBe(kept);
    expect((await books('2026-10-14T10:00:02Z')).detail).toEqual([]);
  });

  it('name sums of the newest seconds that do not fit the charges', async () => {
    await pricing.consumer.query(
      "UPDATE recent_totals SET amount = amount + 1 WHERE rated_second = '2026-10-14T10:00:01Z' AND period = '2026-10'",
    );
    expect((await books('2026-10-14T10:00:01Z')).detail.map(({ what }) => what)).toEqual([
      'amount before the cut against all less the newest seconds',
    ]);
  });
});
