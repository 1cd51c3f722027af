import { describe, expect, it } from 'vitest';
import { sampleInvoice, sampleLine } from '../../test/sample-invoice';
import { pdfData } from './pdf-data';
import { PdfRenderer } from './pdf-renderer';

const renderer = new PdfRenderer();

describe('what a PDF shows', () => {
  it('is every number and date written out', () => {
    const data = pdfData(
      sampleInvoice({
        lines: [
          sampleLine({ project: null, amount: '1234567.8', requests: '4500000' }),
          sampleLine({ amount: '0' }),
          sampleLine({ amount: '2.5', model: 'gpt-4o-mini' }),
          sampleLine({ amount: '-1', adjusts: '2026-09' }),
        ],
        net: '1234569.3',
      }),
    );
    expect(data.groups).toEqual([
      {
        title: 'Without a project',
        subtotal: '1,234,567.80',
        rows: [{ service: 'openai/gpt-4o', requests: '4,500,000', amount: '1,234,567.80' }],
      },
      {
        title: 'Project search',
        subtotal: '2.50',
        rows: [
          { service: 'openai/gpt-4o', requests: '1,200', amount: '0.00' },
          { service: 'openai/gpt-4o-mini', requests: '1,200', amount: '2.50' },
        ],
      },
      {
        title: 'Adjustment for September 2026 – Project search',
        subtotal: '-1.00',
        rows: [{ service: 'openai/gpt-4o', requests: '1,200', amount: '-1.00' }],
      },
    ]);
    expect(data.totals).toEqual([
      { label: 'Net', amount: '1,234,569.30', strong: false },
      { label: 'VAT 19 %', amount: '2.35', strong: false },
      { label: 'Total', amount: '14.70', strong: true },
    ]);
    expect(data.facts).toEqual([
      ['Invoice number', 'INV-2026-000042'],
      ['Invoice date', '4 November 2026'],
      ['Service period', 'October 2026'],
      ['Due', '4 December 2026'],
      ['Your VAT ID', 'DE987654321'],
    ]);
    expect(data.payment).toContainEqual(['Reference', 'INV-2026-000042']);
    expect(data.customer.address).toEqual(['Hauptstraße 1', '20095 Hamburg', 'Germany']);
  });

  it('asks for no payment before there is a number', () => {
    expect(pdfData(sampleInvoice({ number: null, dueOn: null, issuedOn: null, status: 'draft' }))).toMatchObject({
      title: 'Draft invoice',
      isDraft: true,
      payment: [],
    });
  });
});

describe('a PDF', () => {
  it('is PDF/A, and the same bytes for the same invoice', () => {
    const first = renderer.render(sampleInvoice());
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    expect(first.toString('latin1')).toContain('pdfaid');
    expect(renderer.render(sampleInvoice()).equals(first)).toBe(true);
  });

  it.each([
    ['markup', '#panic("x") *bold* $1+1$ @ref <label> // comment'],
    ['quotes and backslashes', '"\\"'],
    ['control characters', 'a\u0001b\tc'],
    ['a script that no font has', '株式会社トールゲート'],
    ['a very long word', 'x'.repeat(500)],
  ])('takes %s as plain text', (_what, text) => {
    const lines = [sampleLine({ provider: text, model: text, project: text })];
    const pdf = renderer.render(
      sampleInvoice({ lines, customer: { name: text, addressLines: [text], country: '??', vatId: text }, purchaseOrder: text }),
    );
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('holds a thousand lines, and none', () => {
    expect(
      renderer.render(sampleInvoice({ lines: Array.from({ length: 1000 }, (_, index) => sampleLine({ model: `m${index}` })) })).length,
    ).toBeGreaterThan(100_000);
    expect(renderer.render(sampleInvoice({ lines: [], seller: null })).length).toBeGreaterThan(5_000);
  });
});
