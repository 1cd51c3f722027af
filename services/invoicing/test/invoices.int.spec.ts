import { topics } from '@tollgate/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicingFixture, OPERATOR, charge, financeOf, idOf, organization, type Answer } from './invoicing-fixture';

let invoicing: InvoicingFixture;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
});
afterAll(() => invoicing.stop());

/** A customer of its own for each case. */
function customer(name: string): { name: string; of: { organizationId: string } } {
  invoicing.organizations.set(idOf(name), organization(name));
  return { name, of: { organizationId: idOf(name) } };
}
const get = (name: string, url: string): Promise<Answer> => invoicing.call(financeOf(name), 'GET', url);
const post = (name: string, url: string, body?: object): Promise<Answer> => invoicing.call(financeOf(name), 'POST', url, body);
const draft = (name: string, period = '2026-10'): Promise<Answer> => post(name, '/api/v1/invoices', { period });
const finalize = (name: string, id: string, body?: object): Promise<Answer> => post(name, `/api/v1/invoices/${id}/finalize`, body);

describe('a draft', () => {
  it('is what has accrued so far, and stays the same draft when it is done again', async () => {
    const { name, of } = customer('drafted');
    await invoicing.accrue(charge('a1', '1.5', of));
    const first = await draft(name);
    expect(first).toMatchObject({ status: 201, body: { status: 'draft', number: null, net: '1.5', issuedOn: null } });
    await invoicing.accrue(charge('a2', '2', of), charge('a3', '4', { ...of, model: 'gpt-4o-mini' }));
    const second = await draft(name);
    // 1.5 + 2 = 3.5 and 4
    expect(second.body).toMatchObject({
      id: first.body.id,
      net: '7.5',
      lines: [{ amount: '3.5', charges: '2', requests: '2' }, { amount: '4' }],
    });
    expect((await get(name, `/api/v1/invoices/${first.body.id}`)).body).toEqual(second.body);
  });

  it('of a month without charges has no lines, and is never finalised', async () => {
    const { name } = customer('idle');
    const { body } = await draft(name);
    expect(body).toMatchObject({ lines: [], total: '0' });
    expect(await finalize(name, body.id)).toMatchObject({ status: 409, body: { code: 'nothing_to_invoice' } });
  });

  it('of what is no month, or lies ahead, is refused', async () => {
    const { name } = customer('early');
    expect(await draft(name, '2026-13')).toMatchObject({ status: 400, body: { errors: [{ field: 'period' }] } });
    expect(await draft(name, '2026-12')).toMatchObject({ status: 400, body: { code: 'month_not_begun' } });
    expect(await draft(name, '2026-11')).toMatchObject({ status: 201 });
    expect(await post(name, '/api/v1/invoices', { period: '2026-10', currency: 'EUR' })).toMatchObject({ status: 400 });
  });

  it('is made once for one idempotency key', async () => {
    const { name, of } = customer('careful');
    await invoicing.accrue(charge('i1', '1', of));
    const again = () => invoicing.call(financeOf(name), 'POST', '/api/v1/invoices', { period: '2026-10' }, { 'idempotency-key': 'k1' });
    const first = await again();
    await invoicing.accrue(charge('i2', '1', of));
    expect((await again()).body).toEqual(first.body);
  });
});

describe('finalising', () => {
  it('is refused with the reason while the month is not final, unless forced with a reason', async () => {
    const { name, of } = customer('impatient');
    await invoicing.accrue(charge('p1', '1', of));
    const { id } = (await draft(name)).body;
    invoicing.notFinal = 'producer p1 has arrived until 2026-10-31T22:00:00.000Z';
    expect(await finalize(name, id)).toMatchObject({ status: 409, body: { code: 'month_not_final', detail: invoicing.notFinal } });
    expect(await finalize(name, id, { force: true })).toMatchObject({ status: 400, body: { code: 'reason_required' } });
    expect(await finalize(name, id, { force: true, reason: '  ' })).toMatchObject({ status: 400 });
    expect(await finalize(name, id, { force: true, reason: 'closing the books' })).toMatchObject({
      status: 200,
      body: { status: 'finalized', forcedReason: 'closing the books' },
    });
    invoicing.notFinal = '';
  });

  it('takes what has accrued by then, not what the draft showed, and answers the same when asked again', async () => {
    const { name, of } = customer('late-minute');
    await invoicing.accrue(charge('l1', '1', of));
    const { id } = (await draft(name)).body;
    await invoicing.accrue(charge('l2', '2', of));
    const first = await finalize(name, id);
    expect(first.body).toMatchObject({ net: '3', lines: [{ charges: '2' }], forcedReason: null });
    expect((await finalize(name, id)).body).toEqual(first.body);
    expect((await invoicing.asOwner('SELECT count(*) FROM outbox WHERE key = $1', [id]))[0]).toEqual({ count: '1' });
  });

  it('publishes invoice.finalized in the same transaction', async () => {
    const { name, of } = customer('told');
    await invoicing.accrue(charge('t1', '100', of));
    const { body } = await invoicing.invoice(name, '2026-10');
    const [row] = await invoicing.asOwner<{ topic: string; value: Buffer }>('SELECT topic, value FROM outbox WHERE key = $1', [body.id]);
    expect(row?.topic).toBe('invoice.finalized');
    // 100 + 19 % = 119
    expect(topics.invoiceFinalized.decode(row!.value)).toEqual({
      invoiceId: body.id,
      organizationId: idOf(name),
      number: body.number,
      period: '2026-10',
      currency: 'EUR',
      net: '100',
      tax: '19',
      total: '119',
      finalizedAt: '2026-11-04T09:00:00.000Z',
    });
  });

  it('goes in the order of the months', async () => {
    const { name, of } = customer('orderly');
    await invoicing.accrue(charge('o1', '1', { ...of, period: '2026-08' }), charge('o2', '2', of));
    const october = (await draft(name)).body;
    expect(october.lines).toHaveLength(1);
    expect(await finalize(name, october.id)).toMatchObject({ status: 409, body: { code: 'earlier_month_open', months: ['2026-08'] } });
    expect(await invoicing.invoice(name, '2026-08')).toMatchObject({ status: 200, body: { net: '1' } });
    expect(await finalize(name, october.id)).toMatchObject({ status: 200, body: { net: '2' } });
  });

  it('needs a seller', async () => {
    const anonymous = await InvoicingFixture.start({});
    try {
      await anonymous.accrue(charge('n1', '1'));
      expect((await anonymous.call(financeOf('acme'), 'POST', '/api/v1/invoices', { period: '2026-10' })).body).toMatchObject({
        seller: null,
        tax: '0',
      });
      expect(await anonymous.invoice('acme', '2026-10')).toMatchObject({ status: 409, body: { code: 'seller_unknown' } });
      expect(await anonymous.asOwner('SELECT * FROM invoice_numbers')).toEqual([]);
    } finally {
      await anonymous.stop();
    }
  });
});

describe('late usage', () => {
  it('is an adjustment on the next invoice, under its own month', async () => {
    const { name, of } = customer('latecomer');
    await invoicing.accrue(charge('y1', '10', { ...of, period: '2026-09' }));
    expect((await invoicing.invoice(name, '2026-09')).body).toMatchObject({ net: '10' });
    // Of September and of August, which never had an invoice but is older than one.
    await invoicing.accrue(
      charge('y2', '1', { ...of, period: '2026-09' }),
      charge('y3', '2', { ...of, period: '2026-08' }),
      charge('y4', '-0.5', { ...of, period: '2026-09', correctsChargeId: idOf('y1'), requests: 0 }),
      charge('y5', '20', of),
    );
    for (const [period, detail] of [
      ['2026-09', '2026-09 has a finalised invoice.'],
      ['2026-08', '2026-09, which is later than 2026-08, has a finalised invoice.'],
    ] as const) {
      expect(await draft(name, period)).toMatchObject({ status: 409, body: { code: 'month_invoiced', detail } });
    }
    // 20; August 2; September 1 - 0.5 = 0.5; net 22.5; 19 %: 4.275 -> 4.28
    expect((await invoicing.invoice(name, '2026-10')).body).toMatchObject({
      net: '22.5',
      tax: '4.28',
      total: '26.78',
      lines: [{ amount: '20' }, { amount: '2', adjusts: '2026-08' }, { amount: '0.5', adjusts: '2026-09', charges: '2', requests: '1' }],
    });
  });
});

describe('a line', () => {
  it('leads back to exactly its charges, page by page', async () => {
    const { name, of } = customer('traced');
    const names = Array.from({ length: 25 }, (_, index) => `trace-${index}`);
    await invoicing.accrue(...names.map((each) => charge(each, '1', of)), charge('other', '1', { ...of, model: 'other' }));
    const { body } = await invoicing.invoice(name, '2026-10');
    await invoicing.accrue(charge('after', '1', of));
    const line = body.lines.find(({ model }: { model: string }) => model === 'gpt-4o');
    const found: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Answer = await get(name, `/api/v1/invoices/${body.id}/lines/${line.id}/charges?limit=10&cursor=${next}`);
      found.push(...page.body.data.map(({ id }: { id: string }) => id));
      next = page.body.next;
    }
    expect(found).toEqual(names.map(idOf).sort());
  });
});

describe('the list', () => {
  it('has the newest month first, is narrowed by month and status, and goes by pages', async () => {
    const { name, of } = customer('lister');
    for (const period of ['2026-07', '2026-08', '2026-09', '2026-10'])
      await invoicing.accrue(charge(`list ${period}`, '1', { ...of, period }));
    for (const period of ['2026-07', '2026-08', '2026-09']) await invoicing.invoice(name, period);
    await draft(name);
    const periods = (answer: Answer) => answer.body.data.map(({ period }: { period: string }) => period);
    const first = await get(name, '/api/v1/invoices?limit=3');
    expect(periods(first)).toEqual(['2026-10', '2026-09', '2026-08']);
    expect(periods(await get(name, `/api/v1/invoices?limit=3&cursor=${first.body.next}`))).toEqual(['2026-07']);
    expect(periods(await get(name, '/api/v1/invoices?status=draft'))).toEqual(['2026-10']);
    expect(periods(await get(name, '/api/v1/invoices?period=2026-08'))).toEqual(['2026-08']);
    expect(await get(name, '/api/v1/invoices?period=10-2026')).toMatchObject({ status: 400 });
    expect(await get(name, '/api/v1/invoices?cursor=x')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });
});

describe('another organisation', () => {
  it('finds nothing by the ids of this one, on any path', async () => {
    const { name, of } = customer('owner');
    customer('stranger');
    await invoicing.accrue(charge('s1', '1', of));
    const { id, lines } = (await draft(name)).body;
    for (const url of ['', '.csv', '.pdf', `/lines/${lines[0].id}/charges`]) {
      expect(await get('stranger', `/api/v1/invoices/${id}${url}`)).toMatchObject({ status: 404 });
      expect((await get(name, `/api/v1/invoices/${id}${url}`)).status).toBe(200);
    }
    expect(await finalize('stranger', id)).toMatchObject({ status: 404 });
    expect((await get('stranger', '/api/v1/invoices')).body.data).toEqual([]);
    expect(await get(name, '/api/v1/invoices/none')).toMatchObject({ status: 404 });
  });

  it('is seen by an operator that names it, and by no key without the scope', async () => {
    const { name, of } = customer('shown');
    await invoicing.accrue(charge('q1', '1', of));
    const { id } = (await draft(name)).body;
    expect(await invoicing.call({ ...OPERATOR, organizationId: idOf(name) }, 'GET', `/api/v1/invoices/${id}`)).toMatchObject({
      status: 200,
    });
    expect(await invoicing.call(OPERATOR, 'GET', `/api/v1/invoices/${id}`)).toMatchObject({ status: 400 });
    const reader = { ...financeOf(name), scopes: ['billing:read'] as const };
    expect(await invoicing.call(reader, 'POST', `/api/v1/invoices/${id}/finalize`)).toMatchObject({ status: 403 });
    expect(await invoicing.call({ ...reader, scopes: ['inference'] }, 'GET', `/api/v1/invoices/${id}`)).toMatchObject({ status: 403 });
  });
});
