import { expect, it } from 'vitest';
import { sampleInvoice, sampleLine } from '../../test/sample-invoice';
import { invoiceCsv } from './invoice-csv';

it('has the exact amount beside the rounded one, with the digits of the currency', () => {
  const csv = invoiceCsv(
    sampleInvoice({ lines: [sampleLine({ exactAmount: '10.0049999', amount: '10' }), sampleLine({ adjusts: '2026-09', project: null })] }),
  );
  expect(csv).toBe(
    'invoice,status,period,adjusts,project,provider,model,requests,charges,exact_amount,amount,currency,tax_rate_percent\r\n' +
      'INV-2026-000042,finalized,2026-10,,search,openai,gpt-4o,1200,1201,10.0049999,10.00,EUR,19\r\n' +
      'INV-2026-000042,finalized,2026-10,2026-09,,openai,gpt-4o,1200,1201,12.345,12.35,EUR,19\r\n',
  );
  expect(invoiceCsv(sampleInvoice({ currency: 'JPY', lines: [sampleLine({ amount: '1235' })] }))).toContain(',1235,JPY,');
});

it('quotes what has to be quoted, and lets no cell be taken for a formula', () => {
  const csv = invoiceCsv(sampleInvoice({ number: null, lines: [sampleLine({ provider: '=cmd()', model: 'a "b", c', project: '@x' })] }));
  expect(csv.split('\r\n')[1]).toBe(`draft,finalized,2026-10,,'@x,'=cmd(),"a ""b"", c",1200,1201,12.345,12.35,EUR,19`);
});

it('may give money back', () => {
  expect(invoiceCsv(sampleInvoice({ lines: [sampleLine({ exactAmount: '-0.5', amount: '-0.5' })] }))).toContain(',-0.5,-0.50,EUR,');
});
