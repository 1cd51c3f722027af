import { join } from 'node:path';
import { runMigrations } from '@tollgate/platform/database';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase, projectRoot } from '../index';
import { checkBooks, type BooksReport } from './check-books';
import { reportText } from './report-text';

const ORG = '0a000000-0000-4000-8000-00000000b00c';
const BUDGET = '0b000000-0000-4000-8000-00000000b00c';
const INVOICE = '0c000000-0000-4000-8000-00000000b00c';
const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Two calls of October and one reported event of November, 0.2, 0.3 and 0.005 EUR at a mark-up of 100 %. */
const CHARGES = [
  { n: 1, at: '2026-10-14T10:00:00Z', period: '2026-10', tokens: '100', cost: '0.1', amount: '0.2', sourceId: '' },
  { n: 2, at: '2026-10-31T22:30:00Z', period: '2026-10', tokens: '150', cost: '0.15', amount: '0.3', sourceId: '' },
  { n: 3, at: '2026-11-02T10:00:00Z', period: '2026-11', tokens: '2.5', cost: '0.0025', amount: '0.005', sourceId: 'e3' },
];

let url: string;
let owner: Client;

async function migrate(): Promise<void> {
  for (const service of ['pricing', 'aggregation', 'budget-alert', 'invoicing']) {
    const roleUrl = (suffix: string): string =>
      Object.assign(new URL(url), { username: `tollgate_${service.replaceAll('-', '_')}${suffix}`, password: 'of-the-specs' }).toString();
    const directory = join(projectRoot(), 'services', service, 'src/db/migrations');
    await runMigrations({
      service,
      directory,
      ownerUrl: url,
      restUrl: roleUrl(''),
      consumerUrl: roleUrl('_consumer'),
      outbox: true,
      ...(service === 'pricing' && { monthPartitioned: ['charges'] }),
    });
  }
}

async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  await owner.query(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(row),
  );
}

/** The books as the services would write them. */
async function writeBooks(): Promise<void> {
  const facts = { provider: 'openai', model: 'gpt-4o', project: 'search', team: '', env: '', feature: '', key_id: 'k' };
  for (const { n, at, period, tokens, cost, amount, sourceId } of CHARGES) {
    const line = {
      unit: 'input_tokens',
      quantity: tokens,
      rate: '1000',
      currency: 'EUR',
      per: '1000000',
      priceVersion: 'v1',
      cost,
      amount,
    };
    await insert('pricing.charges', {
      ...{
        charge_id: id(n),
        event_id: id(n),
        organization_id: ORG,
        occurred_at: at,
        received_at: at,
        rated_at: at,
        period,
        time_zone: 'Europe/Berlin',
        request_id: id(n),
      },
      ...{
        operation: 'chat',
        outcome: 1,
        ...facts,
        currency: 'EUR',
        cost,
        amount,
        direct: 0,
        requests: 1,
        estimated: false,
        own_connection: false,
      },
      ...{
        fx_rate: 1,
        fx_date: '',
        fx_source: 'identity',
        fx_stale: false,
        quantities: { input_tokens: tokens, requests: '1' },
        lines: JSON.stringify([line]),
      },
      ...{ tags: {}, facts: { source: sourceId && 'app', sourceId } },
    });
    await insert('aggregation.applied_charges', { charge_id: id(n), organization_id: ORG });
    await insert('budget_alert.applied_charges', { charge_id: id(n), organization_id: ORG });
    await insert('invoicing.applied_charges', { charge_id: id(n), organization_id: ORG, accrual_id: 1, generation: 0 });
    const sums = { organization_id: ORG, charges: 1, requests: 1, amount, cost, direct: 0 };
    const latency = { estimated: 0, latency_ms_sum: 0, latency_count: 0, first_token_ms_sum: 0, first_token_count: 0 };
    await insert('aggregation.rollup_hour', { ...sums, ...latency, bucket_start: at, dimension_id: 1, period });
    await insert('aggregation.rollup_day', { ...sums, ...latency, bucket_start: at, dimension_id: 1, period });
    await insert('budget_alert.meters', { ...sums, ...facts, day: at.slice(0, 10), facts_id: id(n) });
  }
  await insert('budget_alert.budgets', {
    ...{
      id: BUDGET,
      organization_id: ORG,
      name: 'search',
      scope_project: 'search',
      period: 'month',
      amount: 100,
      currency: 'EUR',
      time_zone: 'Europe/Berlin',
    },
    ...{ thresholds: ['100'], hard_limit: false, status: 'active', created_at: '2026-10-01', updated_at: '2026-10-01' },
  });
  const month = { budget_id: BUDGET, organization_id: ORG, amount: 100 };
  // 0.2 + 0.3 = 0.5. The second call, at 22:30 UTC, was made at 23:30 in Berlin: still October.
  await insert('budget_alert.budget_periods', {
    ...month,
    period_start: '2026-09-30T22:00:00Z',
    period_end: '2026-10-31T23:00:00Z',
    first_day: '2026-10-01',
    end_day: '2026-11-01',
    spent: '0.5',
  });
  await insert('budget_alert.budget_periods', {
    ...month,
    period_start: '2026-10-31T23:00:00Z',
    period_end: '2026-11-30T23:00:00Z',
    first_day: '2026-11-01',
    end_day: '2026-12-01',
    spent: '0.005',
  });
  const line = { provider: 'openai', model: 'gpt-4o', project: 'search' };
  await insert('invoicing.accruals', {
    organization_id: ORG,
    period: '2026-11',
    currency: 'EUR',
    ...line,
    accrued: '0.005',
    cost: '0.0025',
    direct: 0,
    charges: 1,
    requests: 1,
  });
  await insert('invoicing.invoices', {
    ...{
      id: INVOICE,
      organization_id: ORG,
      period: '2026-10',
      currency: 'EUR',
      seller: {},
      customer: {},
      tax_kind: 'domestic',
      tax_rate: 19,
      tax_note: '',
    },
    // 19 % of 0.50 are 0.095, half up 0.10.
    ...{ exact_net: '0.5', net: '0.50', tax: '0.10', total: '0.60', drafted_at: '2026-11-01' },
  });
  await insert('invoicing.invoice_lines', {
    ...{ id: id(90), organization_id: ORG, invoice_id: INVOICE, position: 1, accrual_id: 99, generation: 0, period: '2026-10', ...line },
    ...{ exact_amount: '0.5', amount: '0.50', tax_rate: 19, cost: '0.25', direct: 0, charges: 2, requests: 2 },
  });
  await owner.query(
    `UPDATE invoicing.invoices SET status = 'finalized', number = 'R-1', issued_on = '2026-11-01', due_on = '2026-12-01', finalized_at = now()`,
  );
}

const calls = {
  expected: CHARGES.slice(0, 2).map(({ n, tokens }) => ({
    id: id(n),
    provider: 'openai',
    model: 'gpt-4o',
    quantities: { input_tokens: tokens },
  })),
  withoutUsage: new Set<string>(),
  unclear: new Set<string>(),
  repeated: [],
  unattributed: 0,
};
const events = [{ id: 'app|e3', provider: 'openai', model: 'gpt-4o', quantities: { input_tokens: '2.5' } }];

/** Checks while the change is in the books, and takes it back. Triggers and constraints that would prevent it are off meanwhile. */
async function withPlanted(change: string, undo: string): Promise<BooksReport> {
  await owner.query('SET session_replication_role = replica');
  await owner.query(change);
  try {
    return await checkBooks({ ownerUrl: url, calls, events });
  } finally {
    await owner.query(undo);
  }
}

beforeAll(async () => {
  url = await freshDatabase(inject('databaseUrl'), 'books');
  await migrate();
  owner = new Client({ connectionString: url });
  await owner.connect();
  // The triggers of invoices name their tables without a schema.
  await owner.query('SET search_path = invoicing');
  await writeBooks();
});
afterAll(() => owner.end());

describe('the books checker', () => {
  it('finds nothing where nothing is wrong', async () => {
    const report = await checkBooks({ ownerUrl: url, calls, events });
    expect(reportText(report)).toBe('The books agree.\n3 expected: 3 exact, 0 estimated, 0 parked; 0 charges of nothing besides.');
    expect(report.ok).toBe(true);
  });

  it('compares one organisation alone', async () => {
    expect(await checkBooks({ ownerUrl: url, organizationId: id(77) })).toMatchObject({ ok: true, events: undefined });
  });

  it('names a call that is not in the ledger, and every book that still has it', async () => {
    const report = await withPlanted(
      `CREATE TEMP TABLE kept AS SELECT * FROM pricing.charges WHERE charge_id = '${id(2)}'; DELETE FROM pricing.charges WHERE charge_id = '${id(2)}'`,
      'INSERT INTO pricing.charges SELECT * FROM kept; DROP TABLE kept',
    );
    expect(report.events?.lost).toEqual([id(2)]);
    expect(report.differences.filter(({ member }) => member === 'foreign').map(({ service }) => service)).toEqual([
      'aggregation',
      'budget-alert',
      'invoicing',
    ]);
  });

  it('names a charge that was posted twice', async () => {
    const report = await withPlanted(
      `INSERT INTO pricing.charges SELECT (jsonb_populate_record(c, jsonb_build_object('charge_id', '${id(50)}'))).* FROM pricing.charges c WHERE charge_id = '${id(1)}'`,
      `DELETE FROM pricing.charges WHERE charge_id = '${id(50)}'`,
    );
    expect(report.events?.double).toEqual([id(1)]);
    expect(report.differences.filter(({ member }) => member === 'missing')).toHaveLength(3);
  });

  const ORGANISATION = `organization_id = '${ORG}'`;
  it.each([
    ['pricing', 'pricing.charges', 'amount', `charge_id = '${id(1)}'`],
    ['pricing', 'pricing.charges', 'cost', `charge_id = '${id(1)}'`],
    ['pricing', 'pricing.charges', 'direct', `charge_id = '${id(1)}'`],
    ['aggregation', 'aggregation.rollup_hour', 'amount', `period = '2026-11'`],
    ['aggregation', 'aggregation.rollup_day', 'charges', `period = '2026-11'`],
    ['budget-alert', 'budget_alert.meters', 'cost', `day = '2026-11-02'`],
    ['budget-alert', 'budget_alert.budget_periods', 'spent', `first_day = '2026-10-01'`],
    ['invoicing', 'invoicing.accruals', 'accrued', ORGANISATION],
    ['invoicing', 'invoicing.invoice_lines', 'exact_amount', ORGANISATION],
    ['invoicing', 'invoicing.invoice_lines', 'amount', ORGANISATION],
    ['invoicing', 'invoicing.invoices', 'total', ORGANISATION],
  ])('names %s for one wrong row in %s.%s', async (service, table, column, where) => {
    const by = column === 'charges' ? '1' : '0.000000001';
    const report = await withPlanted(
      `UPDATE ${table} SET ${column} = ${column} + ${by} WHERE ${where}`,
      `UPDATE ${table} SET ${column} = ${column} - ${by} WHERE ${where}`,
    );
    expect(report.ok).toBe(false);
    expect(report.differences.map((difference) => difference.service)).toContain(service);
  });

  it('names a charge whose line was rated wrongly, and one whose quantity has no line', async () => {
    const set = (path: string, value: string): string => `UPDATE pricing.charges SET ${path} = ${value} WHERE charge_id = '${id(1)}'`;
    const misrated = await withPlanted(
      set('lines', `jsonb_set(lines, '{0,rate}', '"1001"')`),
      set('lines', `jsonb_set(lines, '{0,rate}', '"1000"')`),
    );
    expect(misrated.differences).toEqual([expect.objectContaining({ service: 'pricing', found: '1 lines differ' })]);
    const unpriced = await withPlanted(
      set('quantities', `quantities || '{"output_tokens": "7"}'`),
      set('quantities', `quantities - 'output_tokens'`),
    );
    expect(unpriced.differences).toEqual([expect.objectContaining({ service: 'pricing', expected: 'lines for output_tokens' })]);
    expect(unpriced.events?.wrong).toEqual([
      { id: id(1), expected: 'openai/gpt-4o: input_tokens 100', charged: 'openai/gpt-4o: input_tokens 100, output_tokens 7' },
    ]);
  });

  it('refuses to judge through a role from which rows are hidden', async () => {
    const hidden = Object.assign(new URL(url), { username: 'tollgate_pricing', password: 'of-the-specs' }).toString();
    await expect(checkBooks({ ownerUrl: hidden })).rejects.toThrow('row-level security');
  });
});
