import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicingFixture, OPERATOR, charge, financeOf, idOf } from './invoicing-fixture';

let invoicing: InvoicingFixture;
beforeAll(async () => {
  invoicing = await InvoicingFixture.start();
});
afterAll(() => invoicing.stop());

const URL = '/api/v1/billing-settings';
const acme = financeOf('acme');
const operatorFor = { ...OPERATOR, organizationId: idOf('acme') };

describe('billing settings', () => {
  it('come from the environment until they are changed', async () => {
    expect((await invoicing.call(acme, 'GET', URL)).body).toEqual({
      graceHours: 72,
      paymentTermsDays: 30,
      purchaseOrder: '',
      seller: {
        name: 'Tollgate Operations GmbH',
        addressLines: ['Lindenstraße 12', '10969 Berlin'],
        country: 'DE',
        vatId: 'DE123456788',
        registration: '',
        email: '',
        iban: 'DE02120300000000202051',
        bic: '',
        timeZone: 'Europe/Berlin',
        series: 'INV-',
      },
      customer: { name: 'acme AG', addressLines: ['Hauptstraße 1', '20095 Hamburg'], country: 'DE', vatId: '' },
    });
  });

  it('of an organisation go before the operator’s, which go before the environment’s', async () => {
    await invoicing.call(OPERATOR, 'PUT', URL, { graceHours: 24, paymentTermsDays: 14 });
    expect((await invoicing.call(acme, 'GET', URL)).body).toMatchObject({ graceHours: 24, paymentTermsDays: 14 });
    expect(await invoicing.call(acme, 'PUT', URL, { graceHours: 0, purchaseOrder: 'PO-7' })).toMatchObject({
      status: 200,
      body: { graceHours: 0, paymentTermsDays: 14, purchaseOrder: 'PO-7' },
    });
    await invoicing.call(operatorFor, 'PUT', URL, { paymentTermsDays: 60 });
    expect((await invoicing.call(acme, 'GET', URL)).body).toMatchObject({ graceHours: 0, paymentTermsDays: 60, purchaseOrder: 'PO-7' });
    expect((await invoicing.call(OPERATOR, 'GET', URL)).body).toMatchObject({ graceHours: 24, paymentTermsDays: 14, customer: null });
  });

  it('are on the next invoice', async () => {
    await invoicing.call(OPERATOR, 'PUT', URL, {
      seller: { name: 'New Seller SA', addressLines: ['1 Rue'], country: 'LU', series: 'LU-' },
    });
    await invoicing.accrue(charge('s1', '100'));
    // The German customer has shown no VAT id of another member state than Luxembourg: 17 %.
    expect((await invoicing.invoice('acme', '2026-10')).body).toMatchObject({
      number: 'LU-2026-000001',
      seller: { name: 'New Seller SA', vatId: '' },
      purchaseOrder: 'PO-7',
      total: '117',
      issuedOn: '2026-11-04',
      dueOn: '2027-01-03',
    });
  });

  it('that are the seller’s are changed by operators alone', async () => {
    const seller = { name: 'Me', addressLines: ['Here'], country: 'DE' };
    expect(await invoicing.call(acme, 'PUT', URL, { seller })).toMatchObject({ status: 403, body: { code: 'operator_only' } });
    expect(await invoicing.call(operatorFor, 'PUT', URL, { seller })).toMatchObject({ status: 403 });
    expect(await invoicing.call(acme, 'PUT', URL, { paymentTermsDays: 365 })).toMatchObject({ status: 403 });
    expect(await invoicing.call({ ...acme, scopes: ['billing:read'] }, 'PUT', URL, { graceHours: 0 })).toMatchObject({ status: 403 });
  });

  it.each([
    [{ graceHours: -1 }, 'graceHours'],
    [{ graceHours: 1.5 }, 'graceHours'],
    [{ paymentTermsDays: 366 }, 'paymentTermsDays'],
    [{ seller: { name: 'x', addressLines: [], country: 'DE' } }, 'seller.addressLines'],
    [{ seller: { name: 'x', addressLines: ['y'], country: 'Germany' } }, 'seller.country'],
    [{ purchaseOrder: 'a\nb' }, 'purchaseOrder'],
    [{ iban: 'x' }, 'iban'],
  ])('refuse %j, naming the field', async (body, field) => {
    expect(await invoicing.call(OPERATOR, 'PUT', URL, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});
