import { Decimal } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';
import type { Customer, Seller } from '../billing-settings/billing-settings.schema';
import type { InvoiceLineView, InvoiceSummary, InvoiceView } from './invoice.schema';

interface InvoiceRow {
  id: string;
  number: string | null;
  status: 'draft' | 'finalized';
  period: string;
  currency: string;
  seller: Seller | null;
  customer: Customer;
  purchase_order: string;
  tax_kind: InvoiceSummary['taxKind'];
  tax_rate: string;
  tax_note: string;
  exact_net: string;
  net: string;
  tax: string;
  total: string;
  drafted_at: Date;
  issued_on: string | null;
  due_on: string | null;
  finalized_at: Date | null;
  forced_reason: string | null;
}

interface LineRow {
  id: string;
  period: string;
  provider: string;
  model: string;
  project: string;
  exact_amount: string;
  amount: string;
  tax_rate: string;
  charges: string;
  requests: string;
}

const INVOICES = 'SELECT * FROM invoices WHERE organization_id = $1';
const LINES = 'SELECT * FROM invoice_lines WHERE organization_id = $1 AND invoice_id = $2 ORDER BY position';

/** What a list is narrowed to. */
export interface InvoiceFilter {
  readonly period?: string | undefined;
  readonly status?: string | undefined;
  /** Of the page before: the last invoice's month and id. */
  readonly after?: { readonly period: string; readonly id: string } | undefined;
}

/** The organisation's invoices, the newest month first. */
export async function listInvoices(
  manager: EntityManager,
  organizationId: string,
  filter: InvoiceFilter,
  size: number,
): Promise<InvoiceSummary[]> {
  const sql = `${INVOICES} AND ($2::text IS NULL OR period = $2) AND ($3::text IS NULL OR status = $3)
    AND ($4::text IS NULL OR (period, id) < ($4, $5::uuid)) ORDER BY period DESC, id DESC LIMIT $6`;
  const values = [organizationId, filter.period, filter.status, filter.after?.period, filter.after?.id, size];
  return ((await manager.query(sql, values)) as InvoiceRow[]).map(summaryOf);
}

/** One invoice with its lines; undefined when the organisation has none of that id. */
export async function findInvoice(manager: EntityManager, organizationId: string, id: string): Promise<InvoiceView | undefined> {
  const [row] = (await manager.query(`${INVOICES} AND id = $2`, [organizationId, id])) as InvoiceRow[];
  if (!row) return undefined;
  const lines = (await manager.query(LINES, [organizationId, id])) as LineRow[];
  return { ...summaryOf(row), lines: lines.map((line) => lineOf(line, row.period)) };
}

function summaryOf(row: InvoiceRow): InvoiceSummary {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    period: row.period,
    currency: row.currency,
    seller: row.seller && sellerView(row.seller),
    customer: row.customer,
    purchaseOrder: row.purchase_order || null,
    taxKind: row.tax_kind,
    taxRate: canonical(row.tax_rate),
    taxNote: row.tax_note || null,
    exactNet: canonical(row.exact_net),
    net: canonical(row.net),
    tax: canonical(row.tax),
    total: canonical(row.total),
    draftedAt: row.drafted_at.toISOString(),
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    finalizedAt: row.finalized_at?.toISOString() ?? null,
    forcedReason: row.forced_reason,
  };
}

function sellerView({ timeZone: _timeZone, series: _series, ...shown }: Seller): InvoiceSummary['seller'] {
  return shown;
}

function lineOf(row: LineRow, invoicePeriod: string): InvoiceLineView {
  return {
    id: row.id,
    provider: row.provider,
    model: row.model,
    project: row.project || null,
    exactAmount: canonical(row.exact_amount),
    amount: canonical(row.amount),
    taxRate: canonical(row.tax_rate),
    ...(row.period === invoicePeriod ? {} : { adjusts: row.period }),
    charges: row.charges,
    requests: row.requests,
  };
}

function canonical(numeric: string): string {
  return Decimal.parse(numeric).toString();
}
