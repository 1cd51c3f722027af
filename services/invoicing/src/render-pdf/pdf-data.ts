import { Decimal, minorUnits } from '@tollgate/domain';
import type { InvoiceLineView, InvoiceView } from '../show-invoices/invoice.schema';

/** What the template shows, with every number and date written out as a person reads it. */
export interface PdfData {
  readonly title: string;
  readonly isDraft: boolean;
  readonly seller: { name: string; address: string[]; contact: string[] };
  readonly customer: { name: string; address: string[] };
  readonly facts: [label: string, value: string][];
  readonly currency: string;
  readonly groups: { title: string; subtotal: string; rows: { service: string; requests: string; amount: string }[] }[];
  readonly totals: { label: string; amount: string; strong: boolean }[];
  readonly notes: string[];
  readonly payment: [label: string, value: string][];
  readonly date: { year: number; month: number; day: number };
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Prepares an invoice for the template: lines by project, adjustments apart, totals, and what the law wants said. */
export function pdfData(invoice: InvoiceView): PdfData {
  const digits = minorUnits(invoice.currency);
  const money = (amount: string | Decimal) => grouped((typeof amount === 'string' ? Decimal.parse(amount) : amount).toFixed(digits));
  const date = (invoice.issuedOn ?? invoice.draftedAt).slice(0, 10);
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return {
    title: invoice.number ? `Invoice ${invoice.number}` : 'Draft invoice',
    isDraft: invoice.status === 'draft',
    seller: sellerBlock(invoice),
    customer: { name: invoice.customer.name, address: [...invoice.customer.addressLines, countryName(invoice.customer.country)] },
    facts: factsOf(invoice),
    currency: invoice.currency,
    groups: groupsOf(invoice.lines).map(([title, lines]) => ({
      title,
      subtotal: money(Decimal.sum(lines.map((line) => Decimal.parse(line.amount)))),
      rows: lines.map((line) => ({
        service: `${line.provider}/${line.model}`,
        requests: grouped(line.requests),
        amount: money(line.amount),
      })),
    })),
    totals: [
      { label: 'Net', amount: money(invoice.net), strong: false },
      { label: `VAT ${invoice.taxRate} %`, amount: money(invoice.tax), strong: false },
      { label: 'Total', amount: money(invoice.total), strong: true },
    ],
    notes: invoice.taxNote ? [invoice.taxNote] : [],
    payment: paymentOf(invoice, `${money(invoice.total)} ${invoice.currency}`),
    date: { year, month, day },
  };
}

function sellerBlock({ seller }: InvoiceView): PdfData['seller'] {
  if (!seller) return { name: 'The seller is not set', address: [], contact: [] };
  const contact = [seller.vatId && `VAT ID ${seller.vatId}`, seller.registration, seller.email].filter((text) => text !== '');
  return { name: seller.name, address: [...seller.addressLines, countryName(seller.country)], contact };
}

function factsOf(invoice: InvoiceView): [string, string][] {
  const facts: [string, string | null][] = [
    ['Invoice number', invoice.number],
    ['Invoice date', invoice.issuedOn && longDate(invoice.issuedOn)],
    ['Service period', monthName(invoice.period)],
    ['Due', invoice.dueOn && longDate(invoice.dueOn)],
    ['Your VAT ID', invoice.customer.vatId || null],
    ['Your reference', invoice.purchaseOrder],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** The month's own lines by project, then adjustments by month and project; within each as the invoice orders them. */
function groupsOf(lines: readonly InvoiceLineView[]): [title: string, lines: InvoiceLineView[]][] {
  const groups = new Map<string, InvoiceLineView[]>();
  for (const line of lines) {
    const project = line.project === null ? 'Without a project' : `Project ${line.project}`;
    const title = line.adjusts ? `Adjustment for ${monthName(line.adjusts)} – ${project}` : project;
    groups.set(title, [...(groups.get(title) ?? []), line]);
  }
  return [...groups];
}

function paymentOf({ seller, dueOn, number }: InvoiceView, total: string): [string, string][] {
  if (!seller?.iban || !dueOn || !number) return [];
  const rows: [string, string][] = [
    ['Amount', total],
    ['Until', longDate(dueOn)],
    ['Account', seller.iban],
    ['BIC', seller.bic],
    ['Reference', number],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** 1234567.80 as 1,234,567.80. */
function grouped(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const thousands = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

function longDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

function monthName(period: string): string {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return `${MONTHS[month - 1]} ${year}`;
}

function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
