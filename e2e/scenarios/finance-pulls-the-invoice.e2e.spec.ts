import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually } from '../http-client';
import { system } from '../system';
import { newTenant, sendEvents, spend, usageEvent, type Tenant } from '../tenant';

interface Invoice {
  id: string;
  number: string | null;
  status: string;
  net: string;
  tax: string;
  total: string;
  lines: {
    id: string;
    provider: string;
    model: string;
    project: string | null;
    exactAmount: string;
    amount: string;
    taxRate: string;
    adjusts?: string | null;
  }[];
}

const lastMonth = (() => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15, 12));
})();
const period = lastMonth.toISOString().slice(0, 7);
const inPeriod = { time: lastMonth.toISOString() };

/** What the independent script does too: the price list and the rate that the charge names. */
async function invoiceFor(tenant: Tenant): Promise<Invoice> {
  const { key } = await tenant.key(['usage:write']);
  const events = [
    // gpt-4o: 2.50 USD a million in, 10 USD a million out. 1,234,567 in and 7,654 out: 3.0864175 + 0.07654 = 3.1629575 USD.
    usageEvent('a', { quantities: { input_tokens: '1234567', output_tokens: '7654' }, tags: { project: 'search' } }, inPeriod),
    // 400,001 in: 1.0000025 USD.
    usageEvent('b', { quantities: { input_tokens: '400001' }, tags: { project: 'support' } }, inPeriod),
  ];
  const sent = await sendEvents(key, events);
  expect(sent.body.results.map((r) => r.status)).toEqual(['accepted', 'accepted']);
  const invoice = await eventually(
    () => tenant.api<Invoice>('/invoices', { period }).then((a) => a.body),
    (seen) => (seen.lines?.length ?? 0) === 2,
    10_000,
    250,
  );
  return invoice;
}

describe('finance pulls the month’s invoice', () => {
  let domestic: Tenant;
  let invoice: Invoice;

  beforeAll(async () => {
    domestic = await newTenant({ country: 'DE', currency: 'USD', projects: ['search', 'support'] });
    invoice = await invoiceFor(domestic);
  });

  it('bills a domestic customer with the seller’s rate', () => {
    const amounts = invoice.lines.map((l) => [l.project, l.exactAmount, l.amount]).sort();
    expect(amounts).toEqual(
      [
        ['search', '3.1629575', '3.16'],
        ['support', '1.0000025', '1.00'],
      ].map(([p, e, a]) => [p, e, expect.toSatisfy((v: string) => Number(v) === Number(a))]),
    );
    // net 4.16, 19 % of it 0.7904 → 0.79, total 4.95.
    expect([Number(invoice.net), Number(invoice.tax), Number(invoice.total)]).toEqual([4.16, 0.79, 4.95]);
  });

  it('leaves the tax to a business customer in another member state', async () => {
    const customer = await newTenant({ country: 'FR', currency: 'USD', vatId: 'FR40303265045', projects: ['search', 'support'] });
    const reverse = await invoiceFor(customer);
    expect([Number(reverse.net), Number(reverse.tax), Number(reverse.total)]).toEqual([4.16, 0, 4.16]);
  });

  it('charges no VAT outside its scope', async () => {
    const customer = await newTenant({ country: 'US', currency: 'USD', projects: ['search', 'support'] });
    const outside = await invoiceFor(customer);
    expect([Number(outside.net), Number(outside.tax), Number(outside.total)]).toEqual([4.16, 0, 4.16]);
  });

  it('gives JSON, CSV and PDF to a finance key, and nothing to an inference key', async () => {
    const { key } = await domestic.key(['billing:read']);
    const { key: inference } = await domestic.key(['inference']);
    const url = `${system().consoleUrl}/api/v1/invoices`;
    const list = await ask<{ data: Invoice[] }>(`${url}?period=${period}`, { key });
    expect(list.body.data.map((i) => i.id)).toEqual([invoice.id]);
    const csv = await ask<string>(`${url}/${invoice.id}.csv`, { key });
    expect(csv.status).toBe(200);
    expect(csv.body).toContain('3.1629575');
    const pdf = await ask<string>(`${url}/${invoice.id}.pdf`, { key });
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(pdf.body.startsWith('%PDF-')).toBe(true);
    expect((await ask(`${url}/${invoice.id}`, { key: inference })).status).toBe(403);
  });

  it('finalises with the next number, and bills late usage as an adjustment on the next invoice', async () => {
    const final = await domestic.api<Invoice>(`/invoices/${invoice.id}/finalize`, { force: true, reason: 'scenario' });
    expect(final.status, JSON.stringify(final.body)).toBeLessThan(300);
    expect(final.body.status).toBe('finalized');
    expect(final.body.number).toMatch(/\d{6}$/);

    const { key } = await domestic.key(['usage:write']);
    await sendEvents(key, [usageEvent('late', { quantities: { input_tokens: '400000' }, tags: { project: 'search' } }, inPeriod)]);
    await eventually(
      () => spend(domestic),
      () => true,
      1_000,
    );
    const thisMonth = new Date().toISOString().slice(0, 7);
    const next = await eventually(
      () => domestic.api<Invoice>('/invoices', { period: thisMonth }).then((a) => a.body),
      (seen) => (seen.lines?.length ?? 0) === 1,
      10_000,
      250,
    );
    expect(next.lines[0]).toMatchObject({ project: 'search', exactAmount: '1', adjusts: period });
    const unchanged = await domestic.api<Invoice>(`/invoices/${invoice.id}`);
    expect(unchanged.body.total).toBe(invoice.total);
  });
});
