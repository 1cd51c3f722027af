import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicingFixture, charge, financeOf, idOf, organization } from './invoicing-fixture';

let invoicing: InvoicingFixture;
let finalized: string;
let draft: string;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
  invoicing.organizations.set(idOf('other'), organization('other'));
  await invoicing.accrue(
    charge('c1', '10'),
    charge('c2', '20', { period: '2026-11' }),
    charge('c3', '5', { organizationId: idOf('other') }),
  );
  finalized = (await invoicing.invoice('acme', '2026-10')).body.id;
  draft = (await invoicing.call(financeOf('acme'), 'POST', '/api/v1/invoices', { period: '2026-11' })).body.id;
});
afterAll(() => invoicing.stop());

/** Runs statements as a role of the application, in a transaction that names an organisation and is rolled back. */
async function as(role: 'rest' | 'consumer', sql: string, values: unknown[] = [], organizationName = 'acme') {
  const client = new Client({ connectionString: invoicing.urls[role], options: '-c search_path=invoicing' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('tollgate.org', $1, true)", [idOf(organizationName)]);
    return await client.query(sql, values);
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.end();
  }
}

const FORGERIES: [string, string][] = [
  ['changes its total', 'UPDATE invoices SET total = 0 WHERE id = $1'],
  ['changes its customer', `UPDATE invoices SET customer = '{}' WHERE id = $1`],
  ['changes its number', `UPDATE invoices SET number = 'INV-1' WHERE id = $1`],
  [
    'makes it a draft again',
    "UPDATE invoices SET status = 'draft', number = NULL, issued_on = NULL, due_on = NULL, finalized_at = NULL WHERE id = $1",
  ],
  ['deletes it', 'DELETE FROM invoices WHERE id = $1'],
  ['changes a line', 'UPDATE invoice_lines SET amount = 0 WHERE invoice_id = $1'],
  ['deletes its lines', 'DELETE FROM invoice_lines WHERE invoice_id = $1'],
  [
    'adds a line',
    `INSERT INTO invoice_lines SELECT gen_random_uuid(), organization_id, invoice_id, 99, accrual_id, generation, period, provider, model, project,
       exact_amount, amount, tax_rate, cost, direct, charges, requests FROM invoice_lines WHERE invoice_id = $1`,
  ],
  ['finalises it again', "SELECT finalize_invoice($1, 'X-', '2026-11-04', '2026-11-04', now(), 'me', NULL)"],
  ['empties the tables', 'WITH x AS (SELECT $1::uuid) SELECT 1; TRUNCATE invoices, invoice_lines'],
];

describe('a finalised invoice', () => {
  it.each(FORGERIES)('stays as it is when REST %s', async (_what, sql) => {
    const attempt = sql.includes('TRUNCATE') ? as('rest', 'TRUNCATE invoices, invoice_lines') : as('rest', sql, [finalized]);
    await expect(attempt).rejects.toThrow(/permission denied|finalised|not a draft|no draft/);
  });

  it.each(FORGERIES)('stays as it is when the consumer %s', async (_what, sql) => {
    const attempt = sql.includes('TRUNCATE') ? as('consumer', 'TRUNCATE invoices, invoice_lines') : as('consumer', sql, [finalized]);
    await expect(attempt).rejects.toThrow(/permission denied/);
  });

  it.each(FORGERIES.filter(([what]) => what !== 'finalises it again'))(
    'stays as it is even when the owner of the tables %s',
    async (_what, sql) => {
      const attempt = sql.includes('TRUNCATE')
        ? invoicing.asOwner('TRUNCATE invoices, invoice_lines')
        : invoicing.asOwner(sql, [finalized]);
      await expect(attempt).rejects.toThrow(/finalised|not a draft|only ever added to/);
    },
  );

  it('is made by nothing but the function that checks it', async () => {
    await expect(as('rest', "UPDATE invoices SET status = 'finalized' WHERE id = $1", [draft])).rejects.toThrow(/permission denied/);
    await expect(
      as(
        'rest',
        `INSERT INTO invoices (id, organization_id, period, status, number, currency, seller, customer, tax_kind, tax_rate, tax_note, exact_net, net, tax, total, drafted_at)
         VALUES (gen_random_uuid(), $1, '2026-09', 'finalized', 'X', 'EUR', '{}', '{}', 'domestic', 0, '', 0, 0, 0, 0, now())`,
        [idOf('acme')],
      ),
    ).rejects.toThrow(/permission denied/);
    for (const sql of [
      'UPDATE accruals SET accrued = 0',
      'UPDATE invoice_numbers SET last = 0',
      'DELETE FROM applied_charges',
      'DELETE FROM accruals',
    ]) {
      await expect(as('rest', sql)).rejects.toThrow(/permission denied/);
    }
  });

  it.each([
    ['whose line is not what has accrued', 'UPDATE invoice_lines SET exact_amount = 21 WHERE invoice_id = $1', /not what has accrued/],
    ['that leaves a line out', 'DELETE FROM invoice_lines WHERE invoice_id = $1', /not what has accrued/],
    ['that does not add up', 'UPDATE invoices SET total = 1 WHERE id = $1', /does not add up/],
    ['whose net is not its lines', 'UPDATE invoices SET net = net + 1, total = total + 1 WHERE id = $1', /does not add up/],
  ])('is not made of a draft %s', async (_what, sql, message) => {
    await invoicing.asOwner('BEGIN');
    try {
      await invoicing.asOwner("SELECT set_config('tollgate.org', $1, true)", [idOf('acme')]);
      await invoicing.asOwner(sql, [draft]);
      await expect(
        invoicing.asOwner("SELECT finalize_invoice($1, 'X-', '2026-12-04', '2026-12-04', now(), 'me', NULL)", [draft]),
      ).rejects.toThrow(message);
    } finally {
      await invoicing.asOwner('ROLLBACK');
    }
  });
});

describe('tenants', () => {
  it.each(['accruals', 'applied_charges', 'recent_totals', 'invoices', 'invoice_lines', 'billing_settings'])(
    'see nothing of each other in %s by raw SQL, and nothing without naming themselves',
    async (table) => {
      const { rows } = await as('rest', `SELECT count(*)::int AS n FROM ${table} WHERE organization_id <> $1`, [idOf('acme')]);
      expect(rows[0].n).toBe(0);
      const client = new Client({ connectionString: invoicing.urls.rest, options: '-c search_path=invoicing' });
      await client.connect();
      expect((await client.query(`SELECT * FROM ${table}`)).rows).toEqual([]);
      await client.end();
    },
  );

  it('cannot finalise each other’s drafts', async () => {
    const sql = "SELECT finalize_invoice($1, 'X-', '2026-11-04', '2026-11-04', now(), 'me', NULL)";
    await expect(as('rest', sql, [draft], 'other')).rejects.toThrow(/no draft/);
  });

  it('are served by roles that own nothing and bypass nothing', async () => {
    const roles = await invoicing.asOwner(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname IN ('tollgate_invoicing', 'tollgate_invoicing_consumer')`,
    );
    expect(roles).toEqual(Array(2).fill({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: '0' }));
  });
});

describe('numbers', () => {
  it('follow each other without a gap, however many are taken at once and some are not', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `queue ${index}`);
    for (const name of names) {
      invoicing.organizations.set(idOf(name), organization(name));
      await invoicing.accrue(charge(name, '1', { organizationId: idOf(name) }));
    }
    // Every third has charges of an earlier month, so that its finalisation fails.
    for (const name of names.filter((_, index) => index % 3 === 0))
      await invoicing.accrue(charge(`${name} before`, '1', { organizationId: idOf(name), period: '2026-09' }));
    const answers = await Promise.all(names.map((name) => invoicing.invoice(name, '2026-10')));
    const numbers = answers.filter(({ status }) => status === 200).map(({ body }) => body.number);
    expect(numbers.sort()).toEqual(['02', '03', '04', '05', '06', '07', '08', '09'].map((last) => `INV-2026-0000${last}`));
  });

  it('begin anew with the year on the seller’s calendar', async () => {
    invoicing.organizations.set(idOf('newyear'), organization('newyear'));
    await invoicing.accrue(charge('ny', '1', { organizationId: idOf('newyear') }));
    invoicing.now = Date.parse('2026-12-31T23:30:00Z'); // 00:30 in Berlin
    expect((await invoicing.invoice('newyear', '2026-10')).body).toMatchObject({ number: 'INV-2027-000001', issuedOn: '2027-01-01' });
  });
});
