import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicingFixture, charge, financeOf, idOf } from './invoicing-fixture';

let invoicing: InvoicingFixture;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
  invoicing.now = Date.parse('2026-11-04T09:00:00Z');
  await invoicing.accrue(
    charge('b1', '1.5', { ratedAt: '2026-11-04T08:50:30.999Z', cost: '1' }),
    charge('b2', '2', { ratedAt: '2026-11-04T08:50:40.000Z', cost: '1', direct: '1' }),
    charge('b3', '4', { ratedAt: '2026-11-04T08:50:45.000Z', cost: '3', model: 'gpt-4o-mini' }),
    charge('b4', '7', { ratedAt: '2026-11-04T08:50:00.000Z', period: '2026-09' }),
  );
});
afterAll(() => invoicing.stop());

const books = (cut: string, period = '2026-10', name = 'acme') =>
  invoicing.ask(`/internal/books?organizationId=${idOf(name)}&period=${period}&cut=${cut}`);

describe('the books', () => {
  it('sum what was rated before the cut', async () => {
    expect(await books('2026-11-04T08:50:40Z')).toMatchObject({
      status: 200,
      body: {
        service: 'invoicing',
        charges: '1',
        requests: '1',
        amount: '1.5',
        cost: '1',
        direct: '0',
        invoiced: '0',
        unbilled: '1.5',
        detail: [],
      },
    });
    expect((await books('2026-11-04T08:50:45Z')).body).toMatchObject({ charges: '2', amount: '3.5', cost: '2', direct: '1' });
    expect((await books('2026-11-04T08:51:00Z')).body).toMatchObject({ charges: '3', amount: '7.5', unbilled: '7.5' });
    expect((await books('2026-11-04T08:51:00Z', '2026-09')).body).toMatchObject({ charges: '1', amount: '7' });
    expect((await books('2026-11-04T08:51:00Z', '2026-10', 'nobody')).body).toMatchObject({ charges: '0', amount: '0', detail: [] });
  });

  it('tell what is invoiced from what is not, on either side of the cut', async () => {
    await invoicing.invoice('acme', '2026-09');
    await invoicing.invoice('acme', '2026-10');
    await invoicing.accrue(charge('b5', '0.25', { ratedAt: '2026-11-04T08:50:45.500Z' }));
    // Invoiced 7.5, of which 4 after the cut; unbilled 0.25, all of it after the cut.
    expect((await books('2026-11-04T08:50:45Z')).body).toMatchObject({
      charges: '2',
      amount: '3.5',
      invoiced: '3.5',
      unbilled: '0',
      detail: [],
    });
    expect((await books('2026-11-04T08:51:00Z')).body).toMatchObject({
      charges: '4',
      amount: '7.75',
      invoiced: '7.5',
      unbilled: '0.25',
      detail: [],
    });
  });

  it('follow late usage to the invoice it lands on, under its own month', async () => {
    await invoicing.accrue(charge('b6', '10', { period: '2026-11', ratedAt: '2026-11-04T08:52:00Z' }));
    const draft = await invoicing.call(financeOf('acme'), 'POST', '/api/v1/invoices', { period: '2026-11' });
    await invoicing.call(financeOf('acme'), 'POST', `/api/v1/invoices/${draft.body.id}/finalize`, { force: true, reason: 'spec' });
    expect((await books('2026-11-04T08:55:00Z')).body).toMatchObject({
      charges: '4',
      amount: '7.75',
      invoiced: '7.75',
      unbilled: '0',
      detail: [],
    });
    expect((await books('2026-11-04T08:55:00Z', '2026-11')).body).toMatchObject({ charges: '1', amount: '10', invoiced: '10' });
  });

  it.each([
    [
      "UPDATE accruals SET charges = charges + 1 WHERE model = 'gpt-4o' AND period = '2026-10'",
      'accrual of openai/gpt-4o for search: charges',
      '0',
      '1',
    ],
    [`DELETE FROM applied_charges WHERE charge_id = '${idOf('b1')}'`, 'line 1 of invoice INV-2026-000002: charges', '1', '2'],
    ['UPDATE invoice_lines SET amount = amount + 1 WHERE exact_amount = 3.5', 'line 1 of invoice INV-2026-000002: amount', '3.5', '4.5'],
    [
      'UPDATE invoice_lines SET exact_amount = 3.51, amount = 3.51 WHERE exact_amount = 3.5',
      'invoice INV-2026-000002: exact net',
      '7.51',
      '7.5',
    ],
    ["UPDATE invoices SET net = 8, total = 9 WHERE number = 'INV-2026-000002'", 'invoice INV-2026-000002: net', '7.5', '8'],
    ["UPDATE invoices SET total = total + 1 WHERE number = 'INV-2026-000002'", 'invoice INV-2026-000002: total', '8.93', '9.93'],
    ["UPDATE invoices SET tax = 0, total = net WHERE number = 'INV-2026-000002'", 'invoice INV-2026-000002: tax', '1.43', '0'],
  ])('name a row that was planted: %s', async (sql, what, expected, found) => {
    // 7.5 x 19 % = 1.425 -> 1.43; 8.93
    await invoicing.asOwner("SET session_replication_role = 'replica'");
    const saved = ['accruals', 'applied_charges', 'invoice_lines', 'invoices'];
    for (const table of saved) await invoicing.asOwner(`CREATE TEMP TABLE kept_${table} AS TABLE ${table}`);
    try {
      await invoicing.asOwner(sql);
      expect((await books('2026-11-04T08:55:00Z')).body.detail).toContainEqual({ what, expected, found });
    } finally {
      for (const table of saved) {
        const restored = table === 'accruals' ? 'OVERRIDING SYSTEM VALUE' : '';
        await invoicing.asOwner(`DELETE FROM ${table}`);
        await invoicing.asOwner(`INSERT INTO ${table} ${restored} TABLE kept_${table}`);
        await invoicing.asOwner(`DROP TABLE kept_${table}`);
      }
      await invoicing.asOwner("SET session_replication_role = 'origin'");
    }
    expect((await books('2026-11-04T08:55:00Z')).body.detail).toEqual([]);
  });

  it('are shown to services of ours alone, and not for cuts that cannot be reconstructed', async () => {
    const url = `/internal/books?organizationId=${idOf('acme')}&period=2026-10&cut=2026-11-04T08:00:00Z`;
    expect(await invoicing.ask(url)).toMatchObject({ status: 400, body: { code: 'cut_too_old' } });
    expect(await invoicing.call(financeOf('acme'), 'GET', url)).toMatchObject({ status: 403 });
    expect((await invoicing.ask('/internal/books?organizationId=x&period=2026-13&cut=now')).body.errors).toHaveLength(3);
  });
});
