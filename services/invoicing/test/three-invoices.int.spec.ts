import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicingFixture, charge, financeOf, idOf, organization } from './invoicing-fixture';

let invoicing: InvoicingFixture;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
  invoicing.organizations.set(idOf('paris'), organization('paris', { country: 'FR', vatId: 'FR40303265045' }));
  invoicing.organizations.set(idOf('boston'), organization('boston', { country: 'US', currency: 'USD', timeZone: 'America/New_York' }));
});
afterAll(() => invoicing.stop());

describe('an invoice worked out by hand', () => {
  it('of a domestic customer has the German rate', async () => {
    await invoicing.accrue(
      charge('d1', '10.004'),
      charge('d2', '0.0009999'),
      charge('d3', '7.335', { provider: 'anthropic', model: 'claude-sonnet-4-5' }),
      charge('d4', '0.004', { model: 'gpt-4o-mini', tags: {} }),
      charge('d5', '1234.565', { provider: 'groq', model: 'llama-3.3-70b', tags: { project: 'ops' } }),
    );
    // (no project) openai/gpt-4o-mini   0.004                             ->    0.00
    // ops          groq/llama-3.3-70b   1234.565                          -> 1234.57  (half-up)
    // search       anthropic/claude     7.335                             ->    7.34  (half-up)
    // search       openai/gpt-4o        10.004 + 0.0009999 = 10.0049999   ->   10.00
    // net 1251.91; 19 % of it 237.8629 -> 237.86; total 1489.77
    const { status, body } = await invoicing.invoice('acme', '2026-10');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      number: 'INV-2026-000001',
      status: 'finalized',
      period: '2026-10',
      currency: 'EUR',
      taxKind: 'domestic',
      taxRate: '19',
      taxNote: null,
      exactNet: '1251.9089999',
      net: '1251.91',
      tax: '237.86',
      total: '1489.77',
      issuedOn: '2026-11-04',
      dueOn: '2026-12-04',
      seller: { name: 'Tollgate Operations GmbH', country: 'DE', addressLines: ['Lindenstraße 12', '10969 Berlin'] },
      customer: { name: 'acme AG', country: 'DE' },
    });
    expect(
      body.lines.map((line: Record<string, string>) => [
        line['project'],
        `${line['provider']}/${line['model']}`,
        line['exactAmount'],
        line['amount'],
      ]),
    ).toEqual([
      [null, 'openai/gpt-4o-mini', '0.004', '0'],
      ['ops', 'groq/llama-3.3-70b', '1234.565', '1234.57'],
      ['search', 'anthropic/claude-sonnet-4-5', '7.335', '7.34'],
      ['search', 'openai/gpt-4o', '10.0049999', '10'],
    ]);
  });

  it('of a business in another member state has none, and says why', async () => {
    const paris = { organizationId: idOf('paris') };
    await invoicing.accrue(charge('f1', '250.125', paris), charge('f2', '0.3749', { ...paris, model: 'gpt-4o-mini' }));
    // 250.125 -> 250.13; 0.3749 -> 0.37; net and total 250.50
    expect((await invoicing.invoice('paris', '2026-10')).body).toMatchObject({
      number: 'INV-2026-000002',
      taxKind: 'reverse_charge',
      taxRate: '0',
      taxNote: expect.stringMatching(/^Reverse charge/) as string,
      net: '250.5',
      tax: '0',
      total: '250.5',
    });
  });

  it('of a customer outside of the Union has none either, in its own currency', async () => {
    const boston = { organizationId: idOf('boston'), currency: 'USD', timeZone: 'America/New_York' };
    await invoicing.accrue(charge('u1', '1000.005', boston), charge('u2', '33.3333', { ...boston, provider: 'aws', model: 'nova' }));
    // 1000.005 -> 1000.01; 33.3333 -> 33.33; 1033.34
    expect((await invoicing.invoice('boston', '2026-10')).body).toMatchObject({
      number: 'INV-2026-000003',
      currency: 'USD',
      taxKind: 'outside_scope',
      taxNote: expect.stringMatching(/^Not subject to VAT/) as string,
      net: '1033.34',
      tax: '0',
      total: '1033.34',
    });
  });

  it('comes as CSV with exact and rounded amounts, and as PDF', async () => {
    const { body: list } = await invoicing.call(financeOf('acme'), 'GET', '/api/v1/invoices?period=2026-10');
    const url = `/api/v1/invoices/${list.data[0].id}`;
    const csv = await invoicing.call(financeOf('acme'), 'GET', `${url}.csv`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe('inline; filename="INV-2026-000001.csv"');
    expect(csv.body).toContain('INV-2026-000001,finalized,2026-10,,search,openai,gpt-4o,2,2,10.0049999,10.00,EUR,19\r\n');
    const pdf = await invoicing.call(financeOf('acme'), 'GET', `${url}.pdf`);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.raw.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.raw.length).toBeGreaterThan(10_000);
  });
});
