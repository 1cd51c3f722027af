import type { ComposedInvoice, VatTreatment } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Customer, Seller } from '../billing-settings/billing-settings.schema';
import type { OpenAccrual } from './open-accruals';

/** Everything that a draft says. */
export interface Draft {
  readonly organizationId: string;
  readonly period: string;
  readonly currency: string;
  readonly seller: Seller | null;
  readonly customer: Customer;
  readonly purchaseOrder: string;
  readonly treatment: VatTreatment;
  readonly composed: ComposedInvoice<OpenAccrual>;
  /** Epoch milliseconds. */
  readonly draftedAt: number;
}

const UPSERT = `INSERT INTO invoices (id, organization_id, period, currency, seller, customer, purchase_order, tax_kind, tax_rate, tax_note,
    exact_net, net, tax, total, drafted_at)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  ON CONFLICT (organization_id, period) DO UPDATE SET seller = excluded.seller, customer = excluded.customer, purchase_order = excluded.purchase_order,
    tax_kind = excluded.tax_kind, tax_rate = excluded.tax_rate, tax_note = excluded.tax_note, exact_net = excluded.exact_net, net = excluded.net,
    tax = excluded.tax, total = excluded.total, drafted_at = excluded.drafted_at
  RETURNING id`;

const ADD_LINES = `INSERT INTO invoice_lines (organization_id, invoice_id, id, position, accrual_id, generation, period, provider, model, project,
    exact_amount, amount, tax_rate, cost, direct, charges, requests)
  SELECT $1, $2, l.* FROM unnest($3::uuid[], $4::int[], $5::bigint[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[], $16::bigint[], $17::bigint[]) AS l`;

/** Writes the month's draft, over an earlier one if there is any, and returns its id, which stays the same. Refused by the database when it is final. */
export async function writeDraft(manager: EntityManager, draft: Draft): Promise<string> {
  const { organizationId, composed, treatment, draftedAt } = draft;
  const [row] = (await manager.query(UPSERT, [
    uuidv7({ msecs: draftedAt }),
    organizationId,
    draft.period,
    draft.currency,
    JSON.stringify(draft.seller),
    JSON.stringify(draft.customer),
    draft.purchaseOrder,
    treatment.kind,
    treatment.ratePercent,
    treatment.note,
    ...[composed.exactNet, composed.net, composed.tax, composed.total].map(String),
    new Date(draftedAt),
  ])) as { id: string }[];
  const invoiceId = row!.id;
  await manager.query('DELETE FROM invoice_lines WHERE organization_id = $1 AND invoice_id = $2', [organizationId, invoiceId]);
  const { lines } = composed;
  await manager.query(ADD_LINES, [
    organizationId,
    invoiceId,
    lines.map(() => uuidv7({ msecs: draftedAt })),
    lines.map((_, index) => index + 1),
    ...(['accrualId', 'generation', 'period', 'provider', 'model', 'project'] as const).map((member) => lines.map((line) => line[member])),
    lines.map((line) => line.exactAmount.toString()),
    lines.map((line) => line.amount.toString()),
    ...(['taxRate', 'cost', 'direct', 'charges', 'requests'] as const).map((member) => lines.map((line) => line[member])),
  ]);
  return invoiceId;
}
