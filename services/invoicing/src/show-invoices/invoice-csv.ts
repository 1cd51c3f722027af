import { Decimal, minorUnits } from '@tollgate/domain';
import type { InvoiceView } from './invoice.schema';

const HEADER = [
  'invoice',
  'status',
  'period',
  'adjusts',
  'project',
  'provider',
  'model',
  'requests',
  'charges',
  'exact_amount',
  'amount',
  'currency',
  'tax_rate_percent',
];

/** An invoice's lines as CSV (RFC 4180): the exact amount, and the one that was rounded to the currency's digits. */
export function invoiceCsv(invoice: InvoiceView): string {
  const digits = minorUnits(invoice.currency);
  const rows = invoice.lines.map((line) => [
    text(invoice.number ?? 'draft'),
    invoice.status,
    invoice.period,
    line.adjusts ?? '',
    text(line.project ?? ''),
    text(line.provider),
    text(line.model),
    line.requests,
    line.charges,
    line.exactAmount,
    Decimal.parse(line.amount).toFixed(digits),
    invoice.currency,
    line.taxRate,
  ]);
  return [HEADER, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** Quoted where needed; what a spreadsheet would take for a formula is made plain text. */
function text(cell: string): string {
  const plain = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
