import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../http-client';
import { system } from '../system';
import { newTenant, sendEvents, usageEvent, type Tenant } from '../tenant';

interface Completeness {
  agrees: boolean | null;
  lagging: string[];
  differences: { service: string }[];
}

const period = new Date().toISOString().slice(0, 7);

describe('the books name a planted error', () => {
  let tenant: Tenant;
  let owner: Client;
  const completeness = () => tenant.api<Completeness>(`/completeness?period=${period}`).then((a) => a.body);

  beforeAll(async () => {
    tenant = await newTenant({ currency: 'USD', country: 'US', projects: ['search'] });
    const { key } = await tenant.key(['usage:write']);
    await tenant.api('/budgets', { name: 'everything', scope: {}, period: 'month', amount: '100', thresholds: [100], hardLimit: false });
    await sendEvents(
      key,
      Array.from({ length: 20 }, (_, n) => usageEvent(`e${n}`, { tags: { project: 'search' } })),
    );
    await eventually(
      () => tenant.api<{ data: unknown[] }>('/charges?limit=100').then((a) => a.body.data.length),
      (n) => n === 20,
      10_000,
    );
    owner = new Client({ connectionString: system().databaseUrl });
    await owner.connect();
    // Charges younger than the cut of 15 s are outside what is compared.
    await new Promise((resume) => setTimeout(resume, 18_000));
  });
  afterAll(() => owner?.end());

  it('agrees while nothing is wrong', async () => {
    const seen = await eventually(completeness, ({ agrees }) => agrees === true, 20_000, 500);
    expect(seen.differences).toEqual([]);
  });

  // A table of each book, the column that is changed, and the service that must be named.
  it.each([
    ['pricing', 'pricing.charges', 'amount'],
    ['aggregation', 'aggregation.rollup_hour', 'amount'],
    ['budget-alert', 'budget_alert.budget_periods', 'spent'],
    ['invoicing', 'invoicing.accruals', 'accrued'],
  ])('%s: a wrong row in %s turns agrees false and is named', async (service, table, column) => {
    const where =
      table === 'budget_alert.budget_periods'
        ? `budget_id IN (SELECT id FROM budget_alert.budgets WHERE organization_id = '${tenant.id}')`
        : `organization_id = '${tenant.id}'`;
    const picked = await owner.query<{ ctid: string; tableoid: string }>(
      `SELECT ctid::text, tableoid::regclass::text AS tableoid FROM ${table} WHERE ${where} LIMIT 1`,
    );
    const row = picked.rows[0];
    expect(row, `${table} has no row of this organisation`).toBeDefined();
    await owner.query(`SET session_replication_role = replica`);
    const changed = await owner.query<{ ctid: string }>(
      `UPDATE ${row!.tableoid} SET ${column} = ${column} + 0.000000001 WHERE ctid = $1 RETURNING ctid::text`,
      [row!.ctid],
    );
    try {
      expect(changed.rowCount).toBe(1);
      const seen = await eventually(completeness, ({ agrees }) => agrees === false, 20_000, 500);
      expect(JSON.stringify(seen.differences)).toContain(service);
    } finally {
      await owner.query(`UPDATE ${row!.tableoid} SET ${column} = ${column} - 0.000000001 WHERE ctid = $1`, [changed.rows[0]!.ctid]);
      await owner.query(`SET session_replication_role = DEFAULT`);
    }
    await eventually(completeness, ({ agrees }) => agrees === true, 20_000, 500);
  });
});
