import type { InvoiceLineView, InvoiceView } from '../src/show-invoices/invoice.schema';

/** A line of 12.345 EUR. */
export function sampleLine(over: Partial<InvoiceLineView> = {}): InvoiceLineView {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    provider: 'openai',
    model: 'gpt-4o',
    project: 'search',
    exactAmount: '12.345',
    amount: '12.35',
    taxRate: '19',
    charges: '1201',
    requests: '1200',
    ...over,
  };
}

/** A finalised invoice of a German seller to a German customer, of one line. */
export function sampleInvoice(over: Partial<InvoiceView> = {}): InvoiceView {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    number: 'INV-2026-000042',
    status: 'finalized',
    period: '2026-10',
    currency: 'EUR',
    seller: {
      name: 'Tollgate Operations GmbH',
      addressLines: ['Lindenstraße 12', '10969 Berlin'],
      country: 'DE',
      vatId: 'DE123456788',
      registration: '',
      email: 'billing@tollgate.example',
      iban: 'DE02120300000000202051',
      bic: '',
    },
    customer: { name: 'Muster AG', addressLines: ['Hauptstraße 1', '20095 Hamburg'], country: 'DE', vatId: 'DE987654321' },
    purchaseOrder: null,
    taxKind: 'domestic',
    taxRate: '19',
    taxNote: null,
    exactNet: '12.345',
    net: '12.35',
    tax: '2.35',
    total: '14.7',
    draftedAt: '2026-11-04T08:00:00.000Z',
    issuedOn: '2026-11-04',
    dueOn: '2026-12-04',
    finalizedAt: '2026-11-04T09:00:00.000Z',
    forcedReason: null,
    lines: [sampleLine()],
    ...over,
  };
}
